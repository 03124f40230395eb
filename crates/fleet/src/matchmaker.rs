//! Leads a pool: feeds the engine from the change feed, commits its pairs, carries out the stored intents.
