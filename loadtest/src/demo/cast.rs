//! Who plays, and what they talk about.

/// A person of the demo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Player {
    pub(super) name: &'static str,
    /// The language of their app.
    pub(super) language: &'static str,
}

const fn en(name: &'static str) -> Player {
    Player { name, language: "en" }
}

const fn fa(name: &'static str) -> Player {
    Player { name, language: "fa" }
}

const PLAYERS: [Player; 24] = [
    fa("Mina"),
    fa("Arash"),
    en("Tom"),
    en("Grace"),
    fa("Leila"),
    en("Oscar"),
    fa("Kian"),
    fa("Shirin"),
    en("Ruth"),
    en("Felix"),
    fa("Dara"),
    en("Nora"),
    fa("Yasmin"),
    fa("Babak"),
    en("Hugo"),
    en("Ivy"),
    fa("Roya"),
    fa("Omid"),
    en("Clara"),
    en("Sam"),
    fa("Nasrin"),
    fa("Sina"),
    en("Max"),
    en("Elsa"),
];

/// The `index`th person. Behind the last they begin anew.
pub(super) fn player(index: usize) -> Player {
    PLAYERS[index % PLAYERS.len()]
}

/// What they are called where several share a name: `Mina`, `Mina 2`.
pub(super) fn name(index: usize) -> String {
    let Player { name, .. } = player(index);
    match index / PLAYERS.len() {
        0 => name.to_owned(),
        round => format!("{name} {}", round + 1),
    }
}

/// A talk: lines that follow one another whoever says the next.
type Talk = &'static [&'static str];

const ENGLISH: [Talk; 7] = [
    &[
        "Hello stranger! What are you up to?",
        "Baking bread for the first time. It looks like a shoe.",
        "Ha! A running shoe or a boot?",
        "A boot that lost a fight.",
        "Still, warm bread forgives everything.",
        "True. Butter is on standby.",
        "Now I am hungry, thank you very much.",
        "Send a plate, I will pass you a slice through the phone.",
        "Do you cook often?",
        "Only when the neighbours are away, for their safety.",
        "Best line I heard all week.",
    ],
    &[
        "Hi! Quick question: mountains or sea?",
        "Sea in the morning, mountains in the evening.",
        "That is cheating.",
        "It is called having a plan.",
        "Where is that even possible?",
        "North of Tehran they say you can do both in a day.",
        "It is on my list now.",
        "Take a good pullover, and a bad map. The bad map is for the stories.",
        "I like how you travel.",
        "You should see how I get lost.",
    ],
    &[
        "Good evening! Read anything good lately?",
        "Khayyam again. He improves with every birthday of mine.",
        "Which one do you like best?",
        "The one about the potter and the pot. It makes me gentle with cups.",
        "I read it as a child and understood nothing.",
        "That is the right age. The second time is for understanding.",
        "And the third?",
        "For crying a little in a tram.",
        "I know that tram.",
    ],
    &[
        "Hey! Rain over there as well?",
        "All day. The cat files complaints.",
        "With whom?",
        "With me. I am management.",
        "And what does management say?",
        "Management opened a tin of tuna. The strike is over.",
        "A wise settlement.",
        "Unions are strong in this house.",
        "Tell the cat she has a friend here.",
    ],
    &[
        "Hello! Teach me one word of your language?",
        "Hamdam. Somebody whose breath goes with yours: a companion.",
        "That is lovely. Ours is companion, one you share bread with.",
        "Breath and bread. We should open a bakery.",
        "With good windows.",
        "And a bench in front for strangers.",
        "So, basically this chat.",
        "Exactly this chat.",
    ],
    &[
        "Hi, what song is in your head right now?",
        "Something my grandfather whistled. No idea what it is called.",
        "Hum it?",
        "La la, la-la-la, laaa. Very clear, isn't it?",
        "Crystal clear. I have it now, and it will not leave.",
        "Then it has found two homes today.",
        "I will whistle it at work tomorrow.",
        "Tell me if somebody knows its name!",
    ],
    &[
        "Evening! Tell me something small that went well today.",
        "The bus waited for me. The driver even smiled.",
        "That is not small at all.",
        "And yours?",
        "I fixed a lamp. It works, and I still have all my fingers.",
        "A triumph of engineering.",
        "I told everybody. You are number six.",
        "Honoured to be on the list.",
    ],
];

const PERSIAN: [Talk; 6] = [
    &[
        "سلام! حالت چطوره؟",
        "خوبم، تازه چای دم کردم. تو چطوری؟",
        "چای با چی؟",
        "با نبات و یک کتاب نصفه‌کاره.",
        "چه کتابی؟",
        "سووشون، برای بار سوم.",
        "هر بار یک چیز تازه دارد.",
        "درست مثل چای عصر.",
        "جای من هم یک استکان بریز.",
        "ریختم، داغ است، مواظب باش!",
    ],
    &[
        "سلام، کوه یا دریا؟",
        "دریا، ولی فقط وقتی خلوت باشد.",
        "پس پاییز برو.",
        "هر سال همین کار را می‌کنم.",
        "من شب‌های کویر را دوست دارم.",
        "آن‌همه ستاره را هیچ‌جا ندیدم.",
        "یک بار تا صبح شمردم، نرسیدم به آخر.",
        "از کجا می‌دانی؟ شاید دو تا مانده بود.",
        "😂 دفعهٔ بعد با هم می‌شماریم.",
    ],
    &[
        "سلام! امروز چه چیز خوبی دیدی؟",
        "یک پیرمرد به همهٔ گربه‌های کوچه سلام می‌کرد.",
        "جواب هم می‌دادند؟",
        "یکی‌شان با اکراه.",
        "حتماً دوشنبه‌ها بداخلاق است.",
        "مثل خودم!",
        "پس هم‌دردیم.",
        "فردا به گربه‌ها از طرف تو سلام می‌کنم.",
    ],
    &[
        "سلام غریبه! یک بیت شعر مهمانم کن.",
        "دوست آن باشد که گیرد دست دوست، در پریشان‌حالی و درماندگی.",
        "سعدی همیشه حرف آخر را اول می‌زند.",
        "و ما هنوز دنبالش می‌گردیم.",
        "حالا نوبت من است؟",
        "بله، منتظرم.",
        "بنی‌آدم اعضای یک پیکرند، ولی یکی‌شان امروز سردرد دارد.",
        "😂 چای بخور، خوب می‌شود.",
    ],
    &[
        "سلام، آشپزی بلدی؟",
        "قورمه‌سبزی‌ام بد نیست، همسایه‌ها زنده‌اند.",
        "پس از من بهتری!",
        "تو چی می‌پزی؟",
        "نیمرو، در سه سبک مختلف.",
        "سوخته، نیم‌سوخته و خام؟",
        "از کجا فهمیدی؟",
        "تجربه، دوست من، تجربه.",
    ],
    &[
        "سلام! این روزها چی گوش می‌دهی؟",
        "صدای باران، و کمی شجریان.",
        "ترکیب خطرناکی است.",
        "بله، آدم یک‌دفعه نامه می‌نویسد.",
        "به کی؟",
        "به خودم، ده سال بعد.",
        "جواب داد؟",
        "هنوز تمبرش نرسیده.",
    ],
];

/// The `said`th line of the talk number `which`, in Persian if both speak it.
pub(super) fn line(persian: bool, which: usize, said: usize) -> &'static str {
    let talks: &[Talk] = if persian { &PERSIAN } else { &ENGLISH };
    let talk = talks[which % talks.len()];
    match talk.get(said) {
        Some(line) => line,
        // The talk goes on elsewhere, as talks do.
        None => line(persian, which + 1, said - talk.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_talk_goes_over_into_the_next_without_an_end() {
        let talk = ENGLISH[0];
        assert_eq!(line(false, 0, talk.len() - 1), talk[talk.len() - 1]);
        assert_eq!(line(false, 0, talk.len()), ENGLISH[1][0]);
        assert_eq!(line(false, ENGLISH.len(), 0), ENGLISH[0][0]);
        assert!(!line(true, 0, 10_000).is_empty());
    }

    #[test]
    fn names_are_told_apart() {
        let names: std::collections::BTreeSet<_> = (0..60).map(name).collect();
        assert_eq!(names.len(), 60);
    }
}
