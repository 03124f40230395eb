//! What every implementation of `State` must do: [`run`] plays each case on a fresh state, [`random`] plays random
//! steps on two and compares their answers.

mod bots;
mod fleet;
mod matching;
mod pool;
pub(crate) mod random;
pub(crate) mod scene;
mod search;
mod sending;
mod users;

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use hamdam_state::State;

/// A state under test, empty at first.
#[async_trait]
pub(crate) trait Subject: Send + Sync {
    /// The state; of 4 shards or more.
    fn state(&self) -> Arc<dyn State>;

    /// Lets so much of the state's time pass. `false` if it cannot: its clock is real and the time is long.
    async fn pass(&self, time: Duration) -> bool;
}

type Played<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// A case: its name and how it is played.
pub(crate) struct Case {
    /// What must hold.
    pub(crate) name: &'static str,
    /// Panics if it does not.
    pub(crate) play: for<'a> fn(&'a dyn Subject) -> Played<'a>,
}

macro_rules! cases {
    ($($module:ident::{$($case:ident),* $(,)?}),* $(,)?) => {
        /// Every case.
        pub(crate) const CASES: &[Case] = &[$($(Case {
            name: concat!(stringify!($module), "::", stringify!($case)),
            play: |subject| Box::pin($module::$case(subject)),
        }),*),*];
    };
}

cases! {
    users::{
        a_stranger_is_unknown_until_enrolled,
        enrolling_twice_changes_nothing,
        arriving_notes_activity,
        act_moves_marks_answers_and_notes_in_one_step,
        act_sees_its_own_mark_before_anything_else,
        act_refuses_what_was_read_before_another_change,
        an_older_update_of_the_queue_is_a_duplicate,
        queues_bots_and_eras_have_marks_of_their_own,
        marks_age,
        since_and_profile_raise_the_version_and_a_bare_mark_does_not,
        what_a_user_told_stays_until_it_is_taken_back,
        answers_go_to_the_bot_they_name_in_the_language_of_the_profile,
        tell_speaks_once_by_the_bot_of_the_session,
        told_names_are_forgotten_after_an_hour,
        a_named_bot_speaks_wherever_the_user_is,
        a_dialogue_ends_when_told_and_with_a_room,
    },
    search::{
        a_search_is_shown_by_the_message_its_notice_became,
        what_shows_a_search_goes_with_it,
        news_of_a_search_reach_only_who_waits_by_it,
        a_search_is_given_up_once,
    },
    matching::{
        two_people_meet,
        whoever_leaves_a_room_remembers_whom_they_met,
        the_last_twenty_meetings_are_remembered,
        a_meeting_is_forgotten_after_a_day,
        a_room_is_announced_by_the_message_its_notice_became,
        a_message_behind_its_notice_ends_an_announcement,
        a_notice_that_is_gone_was_announced,
        leaving_ends_an_announcement_too,
        a_late_ack_announces_no_other_room,
        hold_and_attach_want_ticket_and_attempt,
        hold_and_attach_refuse_the_blocked,
        opening_needs_the_hold,
        release_returns_the_held_and_the_waiting,
        release_ends_an_open_room,
        release_leaves_others_alone,
        relay_queues_in_order_and_only_once,
        relay_opens_a_held_partner_first,
        relay_starts_at_the_senders_ticket,
        relay_marks_are_per_queue_and_per_room,
        relay_wants_room_and_sender,
        relay_stops_at_the_backlog_limit,
        end_ends_returns_or_leaves_alone,
        end_spares_those_who_were_active,
        bump_raises_the_attempt_once,
        counters_and_live_follow_the_sessions,
        a_look_sees_sessions_and_activity,
    },
    pool::{
        a_ticket_waits_once,
        a_removed_ticket_never_comes_back,
        commit_takes_both_or_none,
        commit_and_settle_want_the_lock,
        settle_readds_once,
        settle_does_not_bring_back_who_left,
        a_ticket_in_an_intent_is_known,
        the_feed_tells_everything_in_order,
        a_sleeping_leader_is_rung_once,
        stock_shows_everyone_over_its_pages,
        the_lock_changes_hands_with_a_new_epoch,
        an_expired_lock_is_free_and_fences_its_owner,
        the_memory_of_the_gone_fades,
    },
    sending::{
        a_lease_is_taken_renewed_returned,
        a_turn_claims_one_entry_per_chat,
        a_turn_sent_twice_claims_the_same,
        a_turn_keeps_to_permits_and_deferred_chats,
        later_claims_meet_the_chats_claim,
        a_successor_inherits_and_takes_over_claims,
        an_ack_lifts_the_claim_remembers_ids_and_notes_facts,
        an_ack_counts_once,
        the_outbox_is_read_in_pages,
        ids_are_kept_for_the_last_hundred,
        ids_outlive_their_room_by_an_hour,
        a_sleeper_is_rung_once,
        a_partner_found_rings_who_is_awake,
        facts_are_read_and_forgotten,
        a_stranger_to_the_lease_is_fenced,
    },
    bots::{
        permits_are_bounded_by_the_bucket,
        the_bucket_refills,
        a_bucket_that_learns_falls_after_a_pause_and_rises_on_demand,
        a_pause_stops_the_whole_token,
        an_era_begins_with_another_server,
        strikes_count_per_update,
        letters_are_taken,
    },
    fleet::{
        heartbeats_list_who_lives,
        the_founders_settings_hold,
    },
}

/// Plays every case, each on a state of its own.
pub(crate) async fn run<F: Future<Output = Box<dyn Subject>>>(make: impl Fn() -> F) {
    for case in CASES {
        println!("{}", case.name);
        let subject = make().await;
        (case.play)(&*subject).await;
    }
}
