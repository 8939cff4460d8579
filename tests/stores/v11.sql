BEGIN TRANSACTION;
CREATE TABLE checkpoints (
    number INTEGER PRIMARY KEY,
    turn INTEGER NOT NULL REFERENCES turns (number) ON DELETE CASCADE,
    path TEXT NOT NULL,
    content BLOB,
    mode INTEGER,
    fingerprint TEXT NOT NULL,
    unkept TEXT,
    after TEXT,
    UNIQUE (turn, path)
);
INSERT INTO "checkpoints" VALUES(7,1,'checkpoints.path','checkpoints.content',7,'checkpoints.fingerprint','checkpoints.unkept','checkpoints.after');
CREATE TABLE deleted_sessions (id TEXT PRIMARY KEY) WITHOUT ROWID;
INSERT INTO "deleted_sessions" VALUES('deleted_sessions.id');
CREATE TABLE findings (
    id TEXT PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    turn_id TEXT NOT NULL,
    file TEXT NOT NULL,
    start_line INTEGER NOT NULL,
    start_character INTEGER NOT NULL,
    end_line INTEGER NOT NULL,
    end_character INTEGER NOT NULL,
    severity TEXT NOT NULL,
    category TEXT NOT NULL,
    title TEXT NOT NULL,
    message TEXT NOT NULL,
    quote TEXT NOT NULL,
    created_at REAL NOT NULL,
    failure_scenario TEXT,
    suggestion TEXT,
    verdict TEXT,
    state TEXT NOT NULL,
    anchor TEXT NOT NULL,
    reviewers TEXT NOT NULL,
    context TEXT NOT NULL,
    reason TEXT
);
INSERT INTO "findings" VALUES('f-open','11111111-0000-4000-8000-000000000001','22222222-0000-4000-8000-000000000001','/projects/shop/src/cart.py',3,4,3,14,'error','bug','Total is never reset','The **second** order starts with the first one''s total.','total += x',1700000150.0,'Two orders in a row.','total = x','confirmed','open','exact','["correctness"]','[["def add(x):"], ["return total"]]',NULL);
INSERT INTO "findings" VALUES('f-dismissed','11111111-0000-4000-8000-000000000001','22222222-0000-4000-8000-000000000001','/projects/shop/src/cart.py',3,4,3,14,'hint','naming','Total is never reset','The **second** order starts with the first one''s total.','total += x',1700000150.0,'Two orders in a row.','total = x','confirmed','dismissed','exact','["correctness"]','[["def add(x):"], ["return total"]]','Intended');
INSERT INTO "findings" VALUES('f-stale','11111111-0000-4000-8000-000000000001','22222222-0000-4000-8000-000000000001','/projects/shop/src/cart.py',3,4,3,14,'error','bug','Total is never reset','The **second** order starts with the first one''s total.','total += x',1700000150.0,'Two orders in a row.',NULL,NULL,'stale','lost','["correctness"]','[["def add(x):"], ["return total"]]',NULL);
CREATE TABLE kept_rules (
    id TEXT PRIMARY KEY,
    workspace TEXT NOT NULL,
    session_id TEXT REFERENCES sessions (id) ON DELETE CASCADE,
    rule TEXT NOT NULL,
    allows INTEGER NOT NULL,
    created_at REAL NOT NULL
);
INSERT INTO "kept_rules" VALUES('kept_rules.id','kept_rules.workspace','11111111-0000-4000-8000-000000000001','kept_rules.rule',7,7.0);
CREATE TABLE leases (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            session_id TEXT NOT NULL,
            turn_id TEXT NOT NULL UNIQUE,
            owner TEXT NOT NULL,
            process INTEGER NOT NULL,
            certain INTEGER NOT NULL,
            has_it INTEGER NOT NULL DEFAULT 0,
            beats INTEGER NOT NULL DEFAULT 0
        );
INSERT INTO "leases" VALUES(7,'leases.session_id','leases.turn_id','leases.owner',7,7,7,7);
CREATE TABLE open_questions (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    turn_id TEXT NOT NULL,
    tool_call_id TEXT NOT NULL,
    tool TEXT NOT NULL,
    input TEXT NOT NULL,
    title TEXT NOT NULL,
    kind TEXT NOT NULL,
    asked_at REAL NOT NULL
);
INSERT INTO "open_questions" VALUES(7,'open_questions.id','11111111-0000-4000-8000-000000000001','open_questions.turn_id','open_questions.tool_call_id','open_questions.tool','open_questions.input','open_questions.title','open_questions.kind',7.0);
CREATE TABLE replies (
    part INTEGER PRIMARY KEY,
    turn INTEGER NOT NULL REFERENCES turns (number) ON DELETE CASCADE,
    text TEXT NOT NULL
);
INSERT INTO "replies" VALUES(3,1,'Two things: totals drift, and `mean` divides by zero.');
INSERT INTO "replies" VALUES(4,2,'It is, be');
INSERT INTO "replies" VALUES(5,3,'Looking at the zebra lock');
PRAGMA writable_schema=ON;
INSERT INTO sqlite_master(type,name,tbl_name,rootpage,sql)VALUES('table','said_index','said_index',0,'CREATE VIRTUAL TABLE said_index USING fts5 (terms, tokenize = ''ascii'', columnsize = 0)');
CREATE TABLE 'said_index_config'(k PRIMARY KEY, v) WITHOUT ROWID;
INSERT INTO "said_index_config" VALUES('version',4);
CREATE TABLE 'said_index_content'(id INTEGER PRIMARY KEY, c0);
INSERT INTO "said_index_content" VALUES(4294967297,'review of src cart py two things totals drift and mean divides by zero');
INSERT INTO "said_index_content" VALUES(4294967298,'is the second one real it is be');
CREATE TABLE 'said_index_data'(id INTEGER PRIMARY KEY, block BLOB);
INSERT INTO "said_index_data" VALUES(1,X'0216');
INSERT INTO "said_index_data" VALUES(10,X'000000000103030003010101020101030101');
INSERT INTO "said_index_data" VALUES(137438953473,X'0000005903306265908080800202090102697390808080020402080201749080808002020701036F6E659080808002020501047265616C9080808002020601067365636F6E6490808080020204010374686590808080020203040B0C0A0C0D0F');
INSERT INTO "said_index_data" VALUES(274877906945,X'000000B80430616E649080808001020B010262799080808001020E010463617274908080800102050107646976696465739080808001020D0204726966749080808001020A01046D65616E9080808001020C01026F6690808080010203010270799080808001020601067265766965779080808001020201037372639080808001020401067468696E67739080808001020802056F74616C73908080800102090202776F9080808001020701047A65726F9080808001020F040C0B0D100D0D0B0B0F0C0F0E0B');
INSERT INTO "said_index_data" VALUES(412316860417,X'0000005903306265908080800203090102697390808080020502080201749080808002030701036F6E659080808002030501047265616C9080808002030601067365636F6E6490808080020304010374686590808080020303040B0C0A0C0D0F');
CREATE TABLE 'said_index_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;
INSERT INTO "said_index_idx" VALUES(1,X'',2);
INSERT INTO "said_index_idx" VALUES(2,X'',2);
INSERT INTO "said_index_idx" VALUES(3,X'',2);
CREATE TABLE sessions (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    workspace TEXT NOT NULL,
    file TEXT,
    title TEXT NOT NULL,
    created_at REAL NOT NULL,
    updated_at REAL NOT NULL,
    current INTEGER NOT NULL,
    billed_usd REAL NOT NULL,
    model TEXT,
    begun INTEGER NOT NULL,
    interrupted INTEGER NOT NULL DEFAULT 0,
    forked_from TEXT,
    recovered_from TEXT,
    unindexed INTEGER NOT NULL DEFAULT 1
, fork_turn TEXT, context_used INTEGER NOT NULL DEFAULT 0, context_max INTEGER NOT NULL DEFAULT 0, elsewhere INTEGER NOT NULL DEFAULT 0, notice TEXT NOT NULL DEFAULT '');
INSERT INTO "sessions" VALUES(1,'11111111-0000-4000-8000-000000000001','/projects/shop','src/cart.py','Rounding in the cart',1700000000.0,1700000500.0,0,0.75,'claude-opus-5-5',1,0,NULL,NULL,0,NULL,0,0,0,'');
INSERT INTO "sessions" VALUES(2,'11111111-0000-4000-8000-000000000002','/projects/shop','src/cart.py','Naïve totals — 第二',1700000600.0,1700000700.0,1,0.0,NULL,0,0,'11111111-0000-4000-8000-000000000001',NULL,0,NULL,0,0,0,'');
INSERT INTO "sessions" VALUES(3,'11111111-0000-4000-8000-000000000003','/projects/shop',NULL,'The whole shop',1700000800.0,1700000900.0,1,0.0,NULL,1,0,NULL,'11111111-0000-4000-8000-0000000000ff',0,NULL,0,0,0,'');
CREATE TABLE spending (
    number INTEGER PRIMARY KEY,
    turn_id TEXT,
    session_id TEXT NOT NULL,
    workspace TEXT NOT NULL,
    file TEXT,
    kind TEXT NOT NULL,
    at INTEGER NOT NULL,
    model TEXT NOT NULL,
    cost_usd REAL NOT NULL DEFAULT 0,
    estimated_usd REAL NOT NULL DEFAULT 0,
    input_tokens INTEGER NOT NULL DEFAULT 0,
    output_tokens INTEGER NOT NULL DEFAULT 0,
    cache_read_tokens INTEGER NOT NULL DEFAULT 0,
    cache_write_tokens INTEGER NOT NULL DEFAULT 0
, characters INTEGER);
INSERT INTO "spending" VALUES(1,'22222222-0000-4000-8000-000000000001','11111111-0000-4000-8000-000000000001','/projects/shop','src/cart.py','review',1700000100,'',0.0,0.0,0,0,0,0,NULL);
INSERT INTO "spending" VALUES(2,'22222222-0000-4000-8000-000000000002','11111111-0000-4000-8000-000000000001','/projects/shop','src/cart.py','ask',1700000100,'',0.0,0.0,0,0,0,0,NULL);
INSERT INTO "spending" VALUES(3,'22222222-0000-4000-8000-000000000001','11111111-0000-4000-8000-000000000001','/projects/shop','src/cart.py','review',1700000100,'claude-opus-5-5',0.5,0.0,1000,200,3000,400,NULL);
INSERT INTO "spending" VALUES(4,'22222222-0000-4000-8000-000000000002','11111111-0000-4000-8000-000000000001','/projects/shop','src/cart.py','ask',1700000100,'claude-opus-5-5',0.25,0.0,10,20,30,40,NULL);
INSERT INTO "spending" VALUES(5,'22222222-0000-4000-8000-000000000003','11111111-0000-4000-8000-000000000003','/projects/shop',NULL,'debug',1700000100,'',0.0,0.0,0,0,0,0,NULL);
INSERT INTO sqlite_master(type,name,tbl_name,rootpage,sql)VALUES('table','titles_index','titles_index',0,'CREATE VIRTUAL TABLE titles_index USING fts5 (terms, tokenize = ''ascii'', columnsize = 0)');
CREATE TABLE 'titles_index_config'(k PRIMARY KEY, v) WITHOUT ROWID;
INSERT INTO "titles_index_config" VALUES('version',4);
CREATE TABLE 'titles_index_content'(id INTEGER PRIMARY KEY, c0);
INSERT INTO "titles_index_content" VALUES(1,'rounding in the cart');
INSERT INTO "titles_index_content" VALUES(2,'naive totals 第 二');
INSERT INTO "titles_index_content" VALUES(3,'the whole shop');
CREATE TABLE 'titles_index_data'(id INTEGER PRIMARY KEY, block BLOB);
INSERT INTO "titles_index_data" VALUES(1,X'030B');
INSERT INTO "titles_index_data" VALUES(10,X'000000000103030003010101020101030101');
INSERT INTO "titles_index_data" VALUES(137438953473,X'000000290530636172740102050102696E0102030108726F756E64696E6701020201037468650102040409070D');
INSERT INTO "titles_index_data" VALUES(274877906945,X'0000002906306E616976650202020106746F74616C730202030103E4BA8C0202050103E7ACAC020204040A0B08');
INSERT INTO "titles_index_data" VALUES(412316860417,X'0000001F053073686F700302040103746865030202010577686F6C65030203040908');
CREATE TABLE 'titles_index_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;
INSERT INTO "titles_index_idx" VALUES(1,X'',2);
INSERT INTO "titles_index_idx" VALUES(2,X'',2);
INSERT INTO "titles_index_idx" VALUES(3,X'',2);
CREATE TABLE tool_calls (
    number INTEGER PRIMARY KEY,
    turn INTEGER NOT NULL REFERENCES turns (number) ON DELETE CASCADE,
    id TEXT NOT NULL,
    title TEXT NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    locations TEXT NOT NULL,
    UNIQUE (turn, id)
);
INSERT INTO "tool_calls" VALUES(1,1,'c1','Read cart.py','read','completed','[["/projects/shop/src/cart.py", 3]]');
INSERT INTO "tool_calls" VALUES(2,1,'c2','Grep total','search','failed','[]');
CREATE TABLE transcript_lines (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    transcript INTEGER NOT NULL REFERENCES transcripts (number) ON DELETE CASCADE,
    uuid TEXT,
    data BLOB NOT NULL
);
INSERT INTO "transcript_lines" VALUES(7,7,'transcript_lines.uuid','transcript_lines.data');
CREATE TABLE transcripts (
    number INTEGER PRIMARY KEY,
    project TEXT NOT NULL,
    session_id TEXT NOT NULL,
    part TEXT NOT NULL,
    size INTEGER NOT NULL DEFAULT 0,
    checksum INTEGER NOT NULL DEFAULT 0,
    whole INTEGER NOT NULL DEFAULT 0,
    modified_ms INTEGER NOT NULL,
    last INTEGER NOT NULL DEFAULT 0,
    read INTEGER NOT NULL DEFAULT 0,
    summary TEXT,
    UNIQUE (session_id, project, part)
);
INSERT INTO "transcripts" VALUES(7,'transcripts.project','transcripts.session_id','transcripts.part',7,7,7,7,7,7,'transcripts.summary');
CREATE TABLE turns (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    session INTEGER NOT NULL REFERENCES sessions (number) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    owner TEXT,
    begun INTEGER NOT NULL DEFAULT 0,
    started_at REAL NOT NULL,
    ended_at REAL,
    stop_reason TEXT,
    cost_usd REAL NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    cache_read_tokens INTEGER NOT NULL,
    cache_write_tokens INTEGER NOT NULL,
    error TEXT,
    findings TEXT,
    document_hash TEXT,
    unindexed INTEGER NOT NULL DEFAULT 1,
    prompt TEXT NOT NULL
, request TEXT, continues TEXT, retries TEXT, compacted TEXT, elsewhere INTEGER NOT NULL DEFAULT 0, verification TEXT, indexed INTEGER);
INSERT INTO "turns" VALUES(1,'22222222-0000-4000-8000-000000000001',1,'review','ended',NULL,1,1700000100.0,1700000200.0,'end_turn',0.5,1000,200,3000,400,NULL,'["f-open", "f-dismissed"]','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',0,'Review of src/cart.py',NULL,NULL,NULL,NULL,0,NULL,4294967297);
INSERT INTO "turns" VALUES(2,'22222222-0000-4000-8000-000000000002',1,'ask','ended',NULL,1,1700000300.0,1700000500.0,'error',0.25,10,20,30,40,'{"kind": "overloaded", "message": "The API is overloaded.", "hint": "Ask again.", "retryable": true}','[]',NULL,0,'Is the second one real?',NULL,NULL,NULL,NULL,0,NULL,4294967298);
INSERT INTO "turns" VALUES(3,'22222222-0000-4000-8000-000000000003',3,'debug','running','f3548f2273f54508ad2c1e6fd6ca4958',1,1700000850.0,NULL,NULL,0.0,0,0,0,0,NULL,NULL,NULL,1,'Why does checkout hang?',NULL,NULL,NULL,NULL,0,NULL,NULL);
INSERT INTO "turns" VALUES(4,'22222222-0000-4000-8000-000000000004',3,'step','queued','f3548f2273f54508ad2c1e6fd6ca4958',0,1700000860.0,NULL,NULL,0.0,0,0,0,0,NULL,NULL,NULL,1,'And the next',NULL,NULL,NULL,NULL,0,NULL,NULL);
CREATE INDEX sessions_by_use ON sessions (updated_at, id);
CREATE INDEX sessions_by_workspace ON sessions (workspace, updated_at, id);
CREATE INDEX sessions_by_key ON sessions (workspace, file, updated_at, id);
CREATE UNIQUE INDEX sessions_current ON sessions (workspace, ifnull(file, '')) WHERE current;
CREATE INDEX sessions_unindexed ON sessions (number) WHERE unindexed;
CREATE INDEX turns_by_session ON turns (session, number, cost_usd);
CREATE INDEX turns_by_time ON turns (started_at);
CREATE INDEX turns_open ON turns (session, owner) WHERE status IN ('queued', 'running');
CREATE INDEX turns_unindexed ON turns (number) WHERE unindexed;
CREATE INDEX replies_by_turn ON replies (turn);
CREATE INDEX findings_by_file ON findings (file);
CREATE INDEX findings_by_turn ON findings (turn_id);
CREATE INDEX findings_by_session ON findings (session_id, state);
CREATE INDEX checkpoints_by_path ON checkpoints (path);
CREATE INDEX sessions_in_place_of ON sessions (recovered_from) WHERE recovered_from IS NOT NULL;
CREATE INDEX transcripts_by_project ON transcripts (project) WHERE part = '';
CREATE INDEX transcript_lines_in_order ON transcript_lines (transcript, number);
CREATE UNIQUE INDEX transcript_lines_by_uuid ON transcript_lines (transcript, uuid) WHERE uuid IS NOT NULL;
CREATE UNIQUE INDEX spending_by_turn ON spending (turn_id, model, at);
CREATE INDEX spending_by_session ON spending (session_id, cost_usd);
CREATE INDEX spending_by_time ON spending (at, turn_id, cost_usd);
CREATE INDEX leases_by_session ON leases (session_id, number);
CREATE INDEX kept_rules_by_workspace ON kept_rules (workspace);
CREATE INDEX kept_rules_by_session ON kept_rules (session_id);
CREATE INDEX open_questions_by_session ON open_questions (session_id);
CREATE INDEX spending_by_kind ON spending (kind, number) WHERE characters IS NOT NULL;
PRAGMA writable_schema=OFF;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('sessions',3);
INSERT INTO "sqlite_sequence" VALUES('turns',4);
INSERT INTO "sqlite_sequence" VALUES('transcript_lines',7);
INSERT INTO "sqlite_sequence" VALUES('leases',7);
INSERT INTO "sqlite_sequence" VALUES('open_questions',7);
COMMIT;
PRAGMA application_id = 1129075524;
PRAGMA user_version = 11;
