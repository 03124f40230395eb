//! Walks the users who are not idle and mends what no protocol step will mend any more; every mend is counted.
