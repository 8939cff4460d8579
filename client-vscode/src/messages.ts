// The server's own messages as typed constants, each with its name in names.ts.

import { NotificationType, RequestType } from 'vscode-languageclient/node';

import type { ContextAnswer, ContextRequest } from './editorContext/kinds';
import { Method } from './names';
import type { PermissionAnswer, PermissionRequest, QuestionAnswer, QuestionRequest, SessionUpdate } from './protocol';

export const sessionUpdate = new NotificationType<SessionUpdate>(Method.sessionUpdate);
export const requestPermission = new RequestType<PermissionRequest, PermissionAnswer, void>(Method.requestPermission);
export const askQuestion = new RequestType<QuestionRequest, QuestionAnswer, void>(Method.askQuestion);
/** To save a document, unless it has moved on. */
export const saveDocument = new RequestType<{ uri: string; version: number }, { saved: boolean }, void>(Method.saveDocument);
export const editorContext = new RequestType<ContextRequest, ContextAnswer, void>(Method.editorContext);
