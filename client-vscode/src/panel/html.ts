// The panel's document: nothing but its own style, script and icons is ever loaded into it.

export interface Sources {
  /** What the editor calls the origin of the extension's own files. */
  cspSource: string;
  script: string;
  style: string;
  nonce: string;
}

export function panelHtml({ cspSource, script, style, nonce }: Sources): string {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource}`,
    `font-src ${cspSource}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Claude</title>
<link rel="stylesheet" href="${style}">
</head>
<body>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>
`;
}
