//! What can be watched: the typed metrics of design section 8, registered once.
