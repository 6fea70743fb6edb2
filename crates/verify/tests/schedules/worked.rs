//! Small cases worked by hand, one for each rule.
