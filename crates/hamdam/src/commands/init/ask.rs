//! The few questions that decide how Hamdam runs here.

use std::io::{BufRead, Write};

use anyhow::bail;

use crate::config::{Bots, Database, Inputs, LiveState, Mistake, Settings, Telegram, WebhookAddress};

struct Question {
    name: &'static str,
    text: &'static str,
    /// An empty answer will do, and means this.
    without: Option<&'static str>,
    /// It makes sense only where this was given.
    after: Option<&'static str>,
}

const QUESTIONS: [Question; 4] = [
    Question {
        name: "BOT_TOKENS",
        text: "The token of your bot, as @BotFather gave it (of several bots, separated by commas)",
        without: None,
        after: None,
    },
    Question {
        name: "WEBHOOK_BASE_URL",
        text: "The address at which Telegram reaches this machine or its load balancer, such as https://chat.example.org",
        without: Some("updates are fetched from Telegram, which needs no address"),
        after: None,
    },
    Question {
        name: "REDIS_URL",
        text: "Redis, such as redis://:password@127.0.0.1:6379",
        without: Some("one instance alone, which forgets who chats when it ends"),
        after: Some("WEBHOOK_BASE_URL"),
    },
    Question {
        name: "DATABASE_URL",
        text: "MySQL or MariaDB, such as mysql://hamdam:password@127.0.0.1/hamdam",
        without: Some("a file hamdam.db in this folder, enough for one instance"),
        after: Some("REDIS_URL"),
    },
];

/// Asks what is not given yet, and adds the answers to the flags. Asks again where an answer does not fit.
pub(super) fn missing(
    inputs: &mut Inputs,
    answers: &mut impl BufRead,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    for Question { name, text, without, after } in QUESTIONS {
        let given = Settings::gather(inputs);
        if is_known(&given, name) || after.is_some_and(|after| !is_known(&given, after)) {
            continue;
        }
        loop {
            match without {
                Some(without) => writeln!(out, "{text}\n  (Enter alone: {without})")?,
                None => writeln!(out, "{text}")?,
            }
            write!(out, "{name}=")?;
            out.flush()?;
            let mut line = String::new();
            if answers.read_line(&mut line)? == 0 {
                bail!("the answers ended before {name}; nothing was written");
            }
            let answer = line.trim();
            if answer.is_empty() && without.is_some() {
                break;
            }
            inputs.flags.insert(name.to_owned(), answer.to_owned());
            let wrong = mistakes(inputs, name);
            if wrong.is_empty() {
                break;
            }
            inputs.flags.remove(name);
            for Mistake { about, found, mend } in wrong {
                writeln!(out, "{about} {found}\n  {mend}")?;
            }
        }
    }
    Ok(())
}

/// Whether it was given, in whichever of its ways.
fn is_known(settings: &Settings, name: &'static str) -> bool {
    let others: &[&str] = match name {
        "REDIS_URL" => &["REDIS_HOST", "REDIS_NODES", "REDIS_SENTINELS"],
        "DATABASE_URL" => &["MYSQL_HOST"],
        _ => &[],
    };
    settings.has(name) || settings.first_given(others).is_some()
}

/// What is wrong with the value of this name.
fn mistakes(inputs: &Inputs, name: &str) -> Vec<Mistake> {
    let mut settings = Settings::gather(inputs);
    let telegram = Telegram::read(&mut settings);
    let _read = (
        Bots::read(&mut settings),
        WebhookAddress::read(&mut settings, &telegram),
        LiveState::read(&mut settings, false, 1),
        Database::read(&mut settings),
    );
    let mistakes = settings.finish(()).err().map(|mistakes| mistakes.mistakes).unwrap_or_default();
    mistakes.into_iter().filter(|mistake| mistake.about == name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc";

    fn asked(given: &[(&str, &str)], answers: &str) -> (anyhow::Result<()>, Inputs, String) {
        let environment = given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let mut inputs = Inputs { environment: environment.collect(), ..Inputs::default() };
        let mut out = Vec::new();
        let result = missing(&mut inputs, &mut answers.as_bytes(), &mut out);
        (result, inputs, String::from_utf8(out).unwrap())
    }

    fn answered(inputs: &Inputs) -> Vec<(&str, &str)> {
        inputs.flags.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    #[test]
    fn a_token_alone_is_enough_and_a_wrong_one_is_asked_for_again() {
        let (result, inputs, said) = asked(&[], &format!("\n123-short\n{TOKEN}\n\n"));
        result.unwrap();
        assert_eq!(answered(&inputs), [("BOT_TOKENS", TOKEN)]);
        assert_eq!(said.matches("BOT_TOKENS=").count(), 3, "{said}");
        assert!(said.contains("malformed") && !said.contains("123-short"), "{said}");
        assert!(!said.contains("REDIS_URL="), "without an address there is one instance: {said}");
    }

    #[test]
    fn with_an_address_there_may_be_a_fleet() {
        let answers =
            "http://chat.example.org\nhttps://chat.example.org\nredis\nredis://r:1\nmysql://a:b@c/d\n";
        let (result, inputs, said) = asked(&[("BOT_TOKENS", TOKEN)], answers);
        result.unwrap();
        let wished = [
            ("DATABASE_URL", "mysql://a:b@c/d"),
            ("REDIS_URL", "redis://r:1"),
            ("WEBHOOK_BASE_URL", "https://chat.example.org"),
        ];
        assert_eq!(answered(&inputs), wished, "{said}");
    }

    #[test]
    fn what_is_known_is_not_asked() {
        let known = [
            ("BOT_TOKENS", TOKEN),
            ("WEBHOOK_BASE_URL", "https://chat.example.org"),
            ("REDIS_HOST", "redis"),
            ("MYSQL_HOST", "db"),
        ];
        let (result, inputs, said) = asked(&known, "");
        result.unwrap();
        assert!(answered(&inputs).is_empty() && said.is_empty(), "{said}");
        let (result, ..) = asked(&known[..1], "");
        assert!(result.unwrap_err().to_string().contains("WEBHOOK_BASE_URL"));
    }
}
