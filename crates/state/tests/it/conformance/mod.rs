//! What every implementation of `State` must do: [`run`] plays each case on a fresh state, [`random`] plays random
//! steps on two and compares their answers.

mod announcement;
mod board;
mod bots;
mod broadcast;
mod conduct;
mod erasure;
mod fleet;
mod haste;
mod matching;
mod meetings;
mod pool;
mod premium;
pub(crate) mod random;
mod recovery;
mod relay;
mod safety;
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
        a_dialogue_ends_when_told_and_with_a_room,
        what_was_asked_about_waits_in_its_room,
        who_is_new_is_so_for_a_day,
        who_is_in_the_channel_is_believed_for_a_while,
    },
    search::{
        a_search_is_shown_by_the_message_its_notice_became,
        what_shows_a_search_goes_with_it,
        news_of_a_search_reach_only_who_waits_by_it,
        a_search_is_given_up_once,
    },
    safety::{
        a_block_is_kept_and_refuses_the_blocked,
        the_room_that_ended_last_is_remembered,
        a_decision_ends_a_room_and_stays_in_the_record,
        a_decision_ends_a_search,
        a_decision_takes_effect_once_and_on_what_was_read,
        a_mute_leaves_the_room_as_it_is,
        moderators_need_not_be_users,
        what_was_received_last_is_named_oldest_first,
        of_two_choices_the_first_counts_until_it_is_undone,
    },
    recovery::{
        who_is_unknown_or_idle_sits_in_the_room_again,
        whoever_is_told_speaks_only_behind_that,
        relays_go_on_behind_what_the_record_knows,
        whoever_began_anything_since_stays_there,
    },
    erasure::{
        a_forgetting_leaves_marks_and_bans,
        a_forgetting_ends_a_search,
        who_is_forgotten_comes_back_with_marks_alone,
        an_erasure_takes_what_is_left_of_who_stayed_away,
        an_erasure_leaves_who_came_back_apart_from_those_who_blocked_them,
        a_pseudonym_takes_somebodys_place,
        ids_of_rooms_are_dropped,
        a_case_is_told_anew,
        letters_about_somebody_are_dropped,
        the_last_words_are_in_the_language_of_before,
    },
    conduct::{
        a_complaint_of_one_origin_stands_once,
        of_several_ratings_of_a_room_the_last_counts_once,
        ratings_of_last_week_count_half,
    },
    haste::{
        updates_are_counted_once_and_the_same_text_again_weighs_more,
        who_takes_their_time_leaves_nothing_behind,
        brakes_are_kept_until_they_come_off,
        a_text_in_one_room_after_the_other_is_counted_by_rooms,
    },
    premium::{
        payments_follow_one_another_and_each_counts_once,
        what_went_back_gives_nothing_whichever_is_told_first,
        who_is_enrolled_has_what_was_paid_before,
        who_comes_back_to_a_room_has_what_was_paid_before,
        a_new_profile_leaves_premium_as_it_is,
        payments_are_known_for_ninety_days_behind_their_end,
    },
    matching::{
        two_people_meet,
        who_meets_across_bots_knows_it_while_the_room_lasts,
        hold_and_attach_want_ticket_and_attempt,
        hold_and_attach_refuse_the_blocked,
        opening_needs_the_hold,
        release_returns_the_held_and_the_waiting,
        release_ends_an_open_room,
        release_leaves_others_alone,
        end_ends_returns_or_leaves_alone,
        end_spares_those_who_were_active,
        bump_raises_the_attempt_once,
        counters_and_live_follow_the_sessions,
        a_look_sees_sessions_and_activity,
    },
    meetings::{
        whoever_leaves_a_room_remembers_whom_they_met,
        the_last_twenty_meetings_are_remembered,
        a_meeting_is_forgotten_after_a_day,
    },
    announcement::{
        a_room_is_announced_by_the_message_its_notice_became,
        a_message_behind_its_notice_ends_an_announcement,
        a_notice_that_is_gone_was_announced,
        leaving_ends_an_announcement_too,
        a_late_ack_announces_no_other_room,
    },
    relay::{
        relay_queues_in_order_and_only_once,
        relay_opens_a_held_partner_first,
        relay_starts_at_the_senders_ticket,
        relay_marks_are_per_queue_and_per_room,
        relay_wants_room_and_sender,
        relay_stops_at_the_backlog_limit,
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
        the_feed_forgets_what_is_old_but_for_the_last,
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
        what_was_used_of_a_budget_lately_is_known,
        a_bucket_that_learns_falls_after_a_pause_and_rises_on_demand,
        a_pause_stops_the_whole_token,
        an_era_begins_with_another_server,
        strikes_count_per_update,
        letters_are_taken,
        a_file_is_remembered_for_its_bot,
        only_so_many_files_are_remembered,
        a_file_is_forgotten_in_time,
    },
    board::{
        the_fleet_is_closed_and_opened_again,
    },
    broadcast::{
        there_is_one_broadcast_at_a_time,
        the_last_few_broadcasts_are_remembered,
        only_who_leads_moves_a_broadcast_on,
        nobody_is_queued_twice_however_often_a_piece_comes,
        a_full_shard_takes_no_piece,
        live_state_knows_better_whom_a_piece_is_for,
        a_part_is_claimed_acknowledged_and_counted_once,
        a_successor_sees_who_may_have_been_sent_to,
        conversations_go_first,
        broadcasts_take_what_conversations_leave,
        broadcasts_keep_to_their_own_rate,
        a_token_does_not_learn_from_broadcasts,
        who_cannot_be_reached_is_noted,
        who_is_unknown_and_cannot_be_reached_is_noted_once_an_hour,
    },
    fleet::{
        heartbeats_list_who_lives,
        the_founders_settings_hold,
        a_pool_keeps_its_number,
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
