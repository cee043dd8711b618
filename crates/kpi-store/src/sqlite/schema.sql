-- Version 1. Dates are ISO 8601, times RFC 3339 in UTC with nine decimals, so that both sort as text.

CREATE TABLE schema_version (
    version INTEGER NOT NULL
) STRICT;

-- What one report of one source says about one window.
CREATE TABLE slice (
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    report TEXT NOT NULL,
    first TEXT NOT NULL,
    last TEXT NOT NULL,
    latest INTEGER, -- the newest committed revision
    UNIQUE (source, report, first, last)
) STRICT;

-- Columns, dimensions and channel that rows have in common, as JSON.
CREATE TABLE shape (
    id INTEGER PRIMARY KEY,
    definition TEXT NOT NULL UNIQUE
) STRICT;

-- One answered request; its slices share the evidence.
CREATE TABLE reading (
    id INTEGER PRIMARY KEY,
    run INTEGER REFERENCES run (id),
    first TEXT NOT NULL,
    last TEXT NOT NULL,
    read_at TEXT NOT NULL,
    rows_received INTEGER NOT NULL,
    duplicates INTEGER NOT NULL
) STRICT;

CREATE TABLE exchange (
    reading INTEGER NOT NULL REFERENCES reading (id),
    position INTEGER NOT NULL,
    endpoint TEXT NOT NULL,
    status INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    PRIMARY KEY (reading, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE note (
    reading INTEGER NOT NULL REFERENCES reading (id),
    position INTEGER NOT NULL,
    kind TEXT NOT NULL, -- sampled, thresholded, withdrawn, dropped, remark
    detail TEXT,        -- the metric that was withdrawn, the number of rows dropped
    text TEXT NOT NULL,
    PRIMARY KEY (reading, position)
) STRICT, WITHOUT ROWID;

-- A state of a slice. A staged one has no number, and no reader sees it.
CREATE TABLE revision (
    id INTEGER PRIMARY KEY,
    slice INTEGER NOT NULL REFERENCES slice (id),
    number INTEGER,
    hash BLOB,
    zone TEXT NOT NULL,
    asked INTEGER REFERENCES shape (id),
    reading INTEGER REFERENCES reading (id),
    read_at TEXT NOT NULL,   -- when this content was first read
    last_read TEXT NOT NULL, -- when it was last found equal
    rows INTEGER NOT NULL,
    rows_first TEXT,         -- the first and the last day of any row, which may lie outside the slice's
    rows_last TEXT
) STRICT;

CREATE UNIQUE INDEX revision_by_number ON revision (slice, number);
CREATE INDEX revision_staged ON revision (id) WHERE number IS NULL;

-- Some thousand wide rows of one shape, packed; what is beside the body lets readers pass it by.
CREATE TABLE block (
    id INTEGER PRIMARY KEY,
    revision INTEGER NOT NULL REFERENCES revision (id),
    shape INTEGER NOT NULL REFERENCES shape (id),
    rows INTEGER NOT NULL,
    first TEXT NOT NULL,
    last TEXT NOT NULL,
    accounts INTEGER NOT NULL, -- whether any row names an account
    present BLOB NOT NULL,     -- for each column a bit: whether any row has a cell in it
    body BLOB NOT NULL
) STRICT;

CREATE INDEX block_by_revision ON block (revision);

CREATE TABLE run (
    id INTEGER PRIMARY KEY,
    started_at TEXT NOT NULL,
    finished_at TEXT,
    period TEXT NOT NULL
) STRICT;

CREATE TABLE run_request (
    run INTEGER NOT NULL REFERENCES run (id),
    position INTEGER NOT NULL,
    source TEXT NOT NULL,
    report TEXT NOT NULL,
    first TEXT NOT NULL,
    last TEXT NOT NULL,
    done INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (run, source, report, first, last)
) STRICT, WITHOUT ROWID;

CREATE TABLE run_source (
    run INTEGER NOT NULL REFERENCES run (id),
    source TEXT NOT NULL,
    status TEXT NOT NULL, -- complete, partial, failed, skipped
    error_kind TEXT,
    error_message TEXT,
    error_hint TEXT,
    rows INTEGER NOT NULL,
    PRIMARY KEY (run, source)
) STRICT, WITHOUT ROWID;

CREATE TABLE profile (
    source TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    timezone TEXT,
    currency TEXT,
    checked_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE snapshot (
    id INTEGER PRIMARY KEY,
    workspace TEXT NOT NULL,
    period TEXT NOT NULL,
    revision INTEGER NOT NULL,
    content_hash TEXT NOT NULL,
    created_at TEXT NOT NULL,
    document BLOB NOT NULL,
    UNIQUE (workspace, period, revision)
) STRICT;

CREATE TABLE change_log (
    date TEXT NOT NULL,
    subject TEXT NOT NULL,
    fields TEXT NOT NULL, -- JSON, keys sorted
    recorded_at TEXT NOT NULL,
    PRIMARY KEY (date, subject, fields)
) STRICT, WITHOUT ROWID;

INSERT INTO schema_version (version) VALUES (1);
