//! podlint: a linter for Flyte pod templates.
