//! Rules as they are written, rightly and wrongly.

use super::*;

fn mistakes(text: &str) -> Vec<String> {
    let RulesMistakes(all) = Rules::of_json(text).expect_err("there is a mistake in it");
    all.into_iter().map(|RulesMistake { about, found, mend }| format!("{about} {found}. {mend}")).collect()
}

#[test]
fn what_is_written_reads_back_and_what_is_left_out_is_as_usual() {
    let schedule = Schedule::new(vec![Step {
        after: Duration::from_millis(2_500),
        ease: Ease { reach: Widen::Anywhere, any_gender: true, years: 3, ..Ease::NONE },
    }]);
    let rules = Rules {
        batch_size: 7,
        across_bots: true,
        not_again_for: Duration::from_mins(90),
        schedule: schedule.unwrap(),
        priority: Priority { head_starts: vec![Duration::ZERO], patience: Duration::from_secs(9) },
        seed: u64::MAX,
    };
    for rules in [rules, Rules::default()] {
        assert_eq!(Rules::of_json(&rules.to_json()), Ok(rules));
    }
    assert_eq!(Rules::of_json("{}"), Ok(Rules::default()));
    let none = Rules::of_json(r#"{"schedule": []}"#).unwrap();
    assert_eq!(none, Rules { schedule: Schedule::new(Vec::new()).unwrap(), ..Rules::default() });
}

#[test]
fn what_is_left_out_stays_as_it_was() {
    let priority = Priority { head_starts: vec![Duration::from_secs(4)], patience: Duration::from_secs(9) };
    let rules = Rules { batch_size: 7, priority: priority.clone(), ..Rules::default() };
    let changed = rules.clone().with_json(r#"{"seed": 3, "priority": {"patience_seconds": 5}}"#);
    let priority = Priority { patience: Duration::from_secs(5), ..priority };
    assert_eq!(changed, Ok(Rules { seed: 3, priority, ..rules }));
}

#[test]
fn a_step_keeps_what_the_steps_before_it_gave() {
    let text = r#"{"schedule": [{"after_seconds": 5, "any_bot": true, "years": 2}, {"after_seconds": 9, "reach_times": 3}]}"#;
    let rules = Rules::of_json(text).unwrap();
    let last = rules.schedule.steps().last().unwrap();
    assert_eq!(last.ease, Ease { any_bot: true, years: 2, reach: Widen::Times(3), ..Ease::NONE });
}

/// The file that the module's page shows.
#[test]
fn the_example_is_one() {
    let page = include_str!("../written.rs");
    let lines = page.lines().skip_while(|line| !line.contains("```json")).skip(1);
    let lines = lines.take_while(|line| !line.contains("```")).map(|line| line.trim_start_matches("//!"));
    let rules = Rules::of_json(&lines.collect::<String>()).unwrap();
    assert_eq!(rules.schedule.steps().len(), 3);
}

#[test]
fn every_mistake_is_named_with_its_mend() {
    let text = r#"{
        "batchsize": 3, "across_bots": "yes", "not_again_for_hours": -1,
        "schedule": [
            {"after_seconds": 10, "years": 200, "any_bot": true},
            {"reach_times": 2},
            {"after_seconds": 10, "reach_times": 0},
            {"after_seconds": 20, "any_bot": false, "interests_percent": 1.5},
            "later"
        ],
        "priority": {"patience": 3, "head_starts_seconds": [0, "30"]}
    }"#;
    let wanted = [
        "batchsize is not known. Known are batch_size, across_bots, not_again_for_hours, schedule, priority, seed.",
        "across_bots is \"yes\". Give true or false, without quotes.",
        "not_again_for_hours is -1. Give a number from 0 to 8760, without quotes.",
        "schedule[1].years is 200. Give a whole number from 0 to 81.",
        "schedule[2].after_seconds is missing. Say when the step is taken: \"after_seconds\": 10.",
        "schedule[3].reach_times is 0. Give a whole number from 1 to 65535, or \"anywhere\".",
        "schedule[3] comes no later than what is before it. Put the steps in order of time, each later than the one before and than 0 seconds.",
        "schedule[4].interests_percent is 1.5. Give a whole number from 0 to 100.",
        "schedule[4] takes back what an earlier step gave. Leave out what stays as it is; a wish that gave way does not come back.",
        "schedule[5] is \"later\". Give an object: {…}.",
        "priority.patience is not known. Known are head_starts_seconds, patience_seconds.",
        "priority.head_starts_seconds[2] is \"30\". Give a number from 0 to 31536000, without quotes.",
    ];
    assert_eq!(mistakes(text), wanted);
}

#[test]
fn what_is_no_rules_at_all_is_said() {
    assert!(mistakes("{,}")[0].starts_with("the file is no JSON: key must be a string at line 1 column 2"));
    assert_eq!(mistakes("[]"), ["the file is []. Write an object: {\"schedule\": …}."]);
    assert_eq!(mistakes(r#"{"priority": 1}"#), ["priority is 1. Give an object: {…}."]);
    assert_eq!(mistakes(r#"{"schedule": {}}"#), ["schedule is {}. Give a list: […]."]);
    let none = mistakes(r#"{"priority": {"head_starts_seconds": []}}"#);
    assert_eq!(none, ["priority.head_starts_seconds is []. Name at least the ordinary class: [0]."]);
    let steps: Vec<String> = (1..=17).map(|second| format!("{{\"after_seconds\": {second}}}")).collect();
    let many = format!("{{\"schedule\": [{}]}}", steps.join(","));
    assert_eq!(mistakes(&many), ["schedule has 17 steps. Keep 16 at most."]);
}
