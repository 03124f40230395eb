//! One rule for every update (design: one rule): effects on others first, then one step on the own shard, then 200.
