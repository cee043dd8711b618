//! From a snapshot to a terminal table, Markdown and a self-contained HTML page, in Vietnamese and English.
