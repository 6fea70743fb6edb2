//! Several futures of one plan.
