//! The loops and timers around the protocol: start, supervise, drain.
