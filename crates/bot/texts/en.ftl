### What the bot says, in English. Every message of this file stands in every other language too; a test compares.
### Arguments: see `render/text.rs`.

welcome =
    👋 Welcome to Hamdam! Here you chat with a stranger, one to one, and neither of you learns who the other is.
    Press the button and I will find you someone.
help =
    Hamdam brings two strangers together for a chat. Write, send photos, voice notes, stickers: everything reaches your partner without your name.

    /search: find a partner
    /next: leave this one and find another
    /stop: end the chat or the search
    /settings: say who you are and whom you would like to meet
    /profile: what I know about you
    /help: this message

    Replies, edits and reactions work too. To take a message back, reply to it with /delete; a chat that is over is cleared by /clear. Please be kind, and share nothing about yourself that a stranger should not know.
searching = 🔎 Looking for someone for you…
already-searching = 🔎 I am still looking. Just a little patience!
already-chatting = 💬 You are in a chat already. /next finds someone else, /stop ends it.
found = 🎉 You found each other! Say hello.
room-back = 🔄 Something broke here, and the last moments are lost. You are in your chat again, with the same person. If they miss something, write it once more.
search-cancelled = The search is off. I am here whenever you feel like it.
partner-left = 👋 Your partner has left the chat.
you-left = You have left the chat.
you-left-searching = You have left the chat. 🔎 Looking for someone new…
room-closed = This chat has come to an end. Shall I find you someone new?
nothing-to-stop = There is nothing to stop right now.
nobody-listens = Nobody hears you yet. Shall I find you a partner?
still-searching = 🔎 I am still looking for your partner, so this message has not gone to anyone.
too-early = ⏳ You wrote this before your new chat began, so it has not gone to anyone.
slow-down = 🐢 That was too fast: this message was not delivered. Give your partner a moment to catch up.
busy = So many people are here right now that I cannot begin anything new. Please try again in a minute.
maintenance = 🛠 We are mending something just now, so this has not gone to anyone and no search begins. Please come back a little later.
not-copyable =
    { $why ->
        [refused] Your partner does not accept { $kind ->
            [voice] voice messages
            [video_note] video messages
           *[other] messages of this kind
        }, so it was not delivered.
        [across] Your partner uses another of our bots, and { $kind ->
            [poll] polls
            [dice] dice
            [game] games
           *[other] messages of this kind
        } cannot cross from one bot to another. It was not delivered.
        [large] Your partner uses another of our bots, and files above 20 MB cannot cross from one bot to another. It was not delivered.
        [failed] This message did not make it to your partner's bot. Please send it again.
       *[impossible] { $kind ->
            [paid_media] Paid media cannot be passed on
            [giveaway] Giveaways cannot be passed on
            [invoice] Invoices cannot be passed on
            [story] Stories cannot be passed on
            [poll] This poll cannot be passed on
            [service] Only you see this; it is not shown to your partner
           *[other] This message could not be passed on
        }.
    }
other-bot =
    { $name ->
        [none] Your chat is going on in another bot of ours. Continue there, or end it here with /stop.
       *[other] Your chat is going on in @{ $name }. Continue there, or end it here with /stop.
    }
unknown-command = I do not know that command. /help shows what I can do.
banned = Because of reports about your chats you cannot search until { $until } (UTC).

button-search = 🔎 Find a partner
button-again = 🔎 Find someone new
button-next = ⏭ Next
button-stop = ⏹ Stop
button-cancel = ✖ Cancel the search
button-help = ❓ Help

toast-over = That is over already.

command-search = Find a partner
command-next = Leave and find another
command-stop = End the chat or the search
command-help = How this works
command-settings = About you and whom you want to meet
command-profile = What I know about you

bot-name = Hamdam: anonymous chat
bot-description =
    👋 Chat with a stranger, one to one, and neither of you learns who the other is.
    Press Start and I will find you someone.
bot-short-description = Anonymous one-to-one chat with strangers. Kind, free, and nobody learns who you are.

rules =
    🔞 Before we begin:

    You must be at least 18. Be kind. No harassment, no threats, nothing illegal, no advertising. Share nothing about yourself that a stranger should not know.

    By going on you say that you are of age and will keep to this.

search-goes-on = 🔎 I am still looking for someone for you.
search-widened = 🌍 I am now looking as widely as your settings allow.
search-given-up = 😴 I looked for a long time, but nobody suitable is here right now, so I have stopped. Shall I go on? Wider wishes in the settings help, too.
trying-reach = How near, for now: { $value }
trying-ages = Ages, for now: { $value }
trying-any-language = For now I no longer insist on a common language.
trying-any-gender = For now I no longer insist on gender, as you allowed.
wait-unknown = I cannot tell yet how long it will take.
wait-moment = Half of searches like yours end within a minute from here.
wait-minutes =
    { $minutes ->
        [one] Half of searches like yours end within { $minutes } minute from here.
       *[other] Half of searches like yours end within { $minutes } minutes from here.
    }

panel-home = ⚙️ Your settings
panel-hint = Tap what you would like to change. You decide what you tell.
panel-profile = 👤 What I know about you
required = ☝️ One thing before we begin:
ask-later = You are in a chat, so everything you write goes to your partner. To answer by writing, come back after it.
ask-gender = What is your gender?
ask-age = How old are you? Write me a number from { $least } to { $most }.
ask-languages = Which languages do you speak? Choose up to { $most }.
ask-place = Where are you? Write me your city or country, or share a location with 📎. I keep it only to about a kilometre, and no partner ever sees it.
ask-place-which = Which one do you mean?
ask-interests = What do you like to talk about? Choose up to { $most }, or write them, with commas between.
ask-wanted = Whom would you like to meet?
ask-ages = How old should they be? Choose, or write a range such as 20-30, from { $least } to { $most }.
ask-reach = How near should they be?
ask-reach-placeless = Tell me where you are first; then I can look nearby.
ask-yields = If nobody suitable turns up for a while, may I let this give way?

line-gender = Gender: { $value }
line-age = Age: { $value }
line-place = Place: { $value }
line-languages = Languages: { $value }
line-interests = Interests: { $value }
line-wanted = Looking for: { $value }
line-ages = Their age: { $value }
line-reach = How near: { $value }
line-yields = May give way: { $value }
line-protected = Protected chats: { $value }
line-same-language = Only with a language in common
not-said = not said
nothing = nothing
on = on
off = off
comma = {", "}
number = { $n }
gender-female = Woman
gender-male = Man
gender-other = Other
wanted-female = Women
wanted-male = Men
wanted-other = Others
wanted-all = Everybody
ages-any = any age
ages-between = { $from } to { $to }
reach-anywhere = Anywhere
reach-country = In my country
reach-city = In my city
reach-within = Within { $km } km
place-shared = a shared location
yield-gender = Gender
yield-age = Age

refused-age = This is no age I can take. Write a number from { $least } to { $most }, such as 25.
refused-ages = I do not understand this range. Write two ages from { $least } to { $most }, such as 20-30.
refused-upside-down = From { $from } to { $to } is upside down. Put the lower age first, such as { $to }-{ $from }.
refused-place = I do not know this place. Try the nearest big city or the name of your country, in any of my languages, or share a location with 📎.
refused-no-place = Tell me where you are first, your city for "in my city".
refused-too-many-interests =
    { $given ->
        [one] { $given } interest is too many; { $most } is the most.
       *[other] { $given } interests are too many; { $most } is the most.
    }
refused-too-many-languages = { $most } languages are the most. Take one away first.
refused-interests = I do not know some of these. Choose from the buttons, or write names from them with commas between.

button-settings = ⚙️ Settings
button-back = ⬅️ Back
button-rather-not = Rather not say
button-gender = 👤 Gender
button-age = 🎂 Age
button-place = 📍 Place
button-languages = 🗣 Languages
button-interests = ⭐ Interests
button-wanted = 💞 Whom to meet
button-ages = 🎈 Their age
button-reach = 🧭 How near
button-yields = 🤝 What may give way
button-protect = 🔒 Turn on protected chats
button-unprotect = 🔓 Turn off protected chats
button-same-language = Only with a language in common
button-agree = ✅ I am of age and agree
button-widen = 🌍 Look wider now
button-go-on = 🔎 Go on looking

## Safety

you-blocked = 🚫 You have left the chat, and you two will not meet again.
blocked = 🚫 Done: you two will not meet again.
nobody-to-block = There is nobody to block: in a chat or within an hour after it, /block sees to it that you never meet that person again.
button-block = 🚫 Never again
command-block = Leave and never meet this person again
banned-for-ever = Because of reports about your chats you can no longer search here.
muted = 🔇 Because of reports, nothing you write reaches anybody until { $until } (UTC).
warned = ⚠️ Somebody you talked to reported you, and our moderators agree with them. Please be kind; next time you may have to stay out.
forgiven = 🕊 A restriction of yours has been lifted. Welcome back!
nobody-to-report = There is nobody to report: in a chat or within an hour after it, /report tells our moderators. Written in reply to a message, it is about that message.
report-why = 🚩 What is wrong? Our moderators will see the last messages you received; your partner will not hear of it.
report-why-message = 🚩 What is wrong with this message? Our moderators will see it; your partner will not hear of it.
reported = 🙏 Thank you. Our moderators will look at it. If you do not want to meet this person again, press the button.
reason-spam = 📢 Advertising
reason-insult = 🤬 Insults
reason-sex = 🔞 Sexual content
reason-minor = 🧒 Under age
reason-threat = ⚠️ Threats or fraud
reason-other = 💬 Something else
button-report = 🚩 Report
command-report = Tell the moderators about somebody
case =
    🚩 Case { $case }
    { $about ->
        [message] About a message
       *[chat] About a conversation
    }: { $reason ->
        [spam] advertising
        [insult] insults
        [sex] sexual content
        [minor] under age
        [threat] threats or fraud
       *[other] something else
    }
case-decided =
    { $verdict ->
        [dismiss] ✅ Dismissed
        [warn] ⚠️ Warned
        [mute] 🔇 Muted for a day
        [ban1] ⛔ Banned for a day
        [ban7] ⛔ Banned for a week
        [ban0] ⛔ Banned for ever
       *[other] ⛔ Banned
    }
button-dismiss = ✅ Dismiss
button-warn = ⚠️ Warn
button-mute = 🔇 Mute for a day
button-ban-day = ⛔ Ban for a day
button-ban-week = ⛔ Ban for a week
button-ban-for-ever = ⛔ Ban for ever
button-undo = ↩️ Undo
button-who = 🆔 Who is it?
toast-decided = It is done.
toast-decided-before = Somebody has decided this before.
toast-not-for-you = Only administrators may ask that.

### Who goes about things too fast.

flooded =
    { $seconds ->
        [one] 🐢 You are sending very much at once. This goes to nobody, and neither does anything you send within the next { $seconds } second. Take a breath, then go on.
       *[other] 🐢 You are sending very much at once. This goes to nobody, and neither does anything you send within the next { $seconds } seconds. Take a breath, then go on.
    }
not-so-fast =
    { $seconds ->
        [one] ⏳ You left several chats within moments. Somebody new can be found in { $seconds } second. Giving people a little longer pays off!
       *[other] ⏳ You left several chats within moments. Somebody new can be found in { $seconds } seconds. Giving people a little longer pays off!
    }

### Words a house does not want and texts that go from room to room.

send-anyway-word = 🧐 Words like these may hurt, so this has not gone to anyone yet. Send it anyway?
send-anyway-repeat = 🔁 You wrote the same to several people already, and that looks like advertising. So this has not gone to anyone yet. Send it anyway?
held-back-word = 🛡 Words like these are not passed on here, so this has not gone to anyone.
held-back-repeat = 🔁 You wrote the same to many people already, and that looks like advertising. So this has not gone to anyone. Say it in other words.
change-held-back-word = 🛡 Words like these are not passed on here, so your partner does not see this change.
change-held-back-repeat = 🔁 You wrote the same to many people already, so your partner does not see this change.

### A bot that has room.

elsewhere = This bot has a lot to do just now, so messages may be late. @{ $name } has room: you meet the same people there, and what you tell me is known there too.
button-elsewhere = ➡️ Search at @{ $name }

### A channel that is required.

join-first = 📣 Before you search, please join our channel @{ $name }. Then come back and press the second button.
button-channel = 📣 Open the channel
button-joined = ✅ I have joined
toast-not-joined = You are not in the channel yet.

### Ratings by whoever was met.

button-good = 👍 It was good
button-bad = 👎 It was not
toast-good = 👍 Noted, thank you. You can change your mind for an hour.
toast-bad = 👎 Noted, thank you. You can change your mind for an hour.

### Messages that reveal something of their writer.

send-anyway =
    🕶 { $what ->
        [contact] A contact card shows who somebody is
        [mention] A Telegram name leads to somebody
        [phone] A phone number leads to somebody
        [email] An e-mail address leads to somebody
       *[link] A link may lead to you
    }, and your partner is a stranger. So this has not gone to anyone yet. Send it anyway?
held-back =
    🛡 { $whom ->
        [new] { $what ->
            [contact] Contact cards are not passed on while you are new here
            [mention] Telegram names are not passed on while you are new here
            [phone] Phone numbers are not passed on while you are new here
            [email] E-mail addresses are not passed on while you are new here
           *[link] Links are not passed on while you are new here
        }
       *[all] { $what ->
            [contact] Contact cards are not passed on here
            [mention] Telegram names are not passed on here
            [phone] Phone numbers are not passed on here
            [email] E-mail addresses are not passed on here
           *[link] Links are not passed on here
        }
    }, so this has not gone to anyone.
change-held-back =
    🛡 { $what ->
        [contact] A contact card
        [mention] A Telegram name
        [phone] A phone number
        [email] An e-mail address
       *[link] A link
    } cannot be slipped into a message later, so your partner does not see this change. You can write it as a new message.
sent-anyway = ✅ Sent, as you wished.
button-send-anyway = Send it anyway

### Albums, reactions, and messages that are taken back.

album-in-part = Some of this album could not be passed on.
copied-anew =
    { $kind ->
        [dice] 🎲 Dice roll anew for your partner, so they may see another number than you.
        [poll] 📊 Your partner gets a poll of their own: neither of you sees how the other votes in it.
       *[location] 📍 Your partner sees the place where you are now; it does not move along with you.
    }
delete-which = To delete a message in both chats, reply to it with /delete. Of what your partner wrote, only you stop seeing it.
deleted-here = That chat is over, so the message is gone from your side only. /clear takes back on both sides what you wrote in it.
cleared =
    { $sides ->
        [both] 🧹 Done. What you wrote in that chat is gone for both of you, and in your chat your partner's messages are gone as well. Only what is older than 48 hours has to stay: Telegram does not let me delete it.
       *[here] 🧹 Done: your side of that chat is cleared. I do not know any more by which bot your partner was there, so what you wrote stays with them.
    }
clear-running = This chat is still going on. Once it has ended, /clear takes back what you wrote in it.
clear-nothing = There is nothing to clear: I find no finished chat of yours in the last 48 hours.
clear-later = I cannot look that chat up right now. Please try again in a minute.
button-clear = 🧹 Clear this chat
command-delete = Delete the message you reply to
command-clear = Remove what you wrote in the last chat

### Premium.

premium =
    ⭐ With premium your searches go first: each counts as if it had begun a little earlier than it did.
    Nobody is made up for it: whom you meet are people, as without it.
premium-until = You have premium until { $until } (UTC).
premium-over = So you have no premium any more.
offer-days =
    { $days ->
        [one] { $days } day for { $stars } ⭐
       *[other] { $days } days for { $stars } ⭐
    }
offer-monthly = Every month for { $stars } ⭐
invoice-title = Premium
invoice-days =
    { $days ->
        [one] For { $days } day your searches go first.
       *[other] For { $days } days your searches go first.
    }
invoice-monthly = Your searches go first. Renewed every month, until you end it.
subscribe = 🔁 { $stars } ⭐ a month. Telegram renews it every month until you end it, in Telegram's settings under “My Stars”. What you have paid for, you keep.
subscribe-later = I cannot open the subscription just now. Please try again in a minute.
paid = ⭐ Thank you! Your searches go first now.
paid-unclear = I have received your payment, but I do not know what it is for. Please write to us: /paysupport
payment-returned = ↩️ A payment of yours has gone back to you.
pay-support =
    💬 If something is wrong with a payment, turn to: { $contact }
    Telegram's own support cannot help with what is bought here.
terms =
    📄 Premium lets your searches go first. It promises no partner, and none of a certain kind, and the rules are the same for everybody.
    You pay in Telegram Stars, to whoever runs this bot. It ends by itself on the day that /premium shows; a subscription is renewed every month until you end it in Telegram's settings under “My Stars”.
    If something is wrong with a payment: /paysupport
terms-own = What also holds here: { $own }
premium-lapsed = ⭐ Your premium has ended, so wishes that came with it are off: /settings shows what holds now, /premium brings them back.
premium-wishes = Only with premium: { $wishes }.
filter-near = looking within 5 or 10 km
filter-distance = a distance in kilometres
filter-city = looking in your city
filter-gender = choosing by gender
filter-ages = choosing by age
filter-interests = more than three interests
refused-for-premium = ⭐ This comes with premium: /premium
declined-stale = This offer is over. Write /premium to see what there is now.
declined-banned = You cannot search at the moment, so I do not sell you premium.
declined-busy = I cannot take a payment just now, and nothing was paid. Please try again in a minute.
command-premium = Let your searches go first (paid)
command-paysupport = Help with payments
command-terms = Terms of premium

### The bot's own language.

ask-texts = In which language shall I speak to you?
texts-of-telegram = As my Telegram
button-texts = 🌐 Language of the bot

### Links that are counted.

command-invite = Your own link for friends
invite = 💌 Your own link. Whoever comes by it does not learn that it is yours, and you do not learn who they are: { $link }
invited =
    { $count ->
        [0] Nobody new has come by it yet.
        [one] { $count } newcomer has come by it.
       *[other] { $count } newcomers have come by it.
    }
invite-nameless = 💌 I cannot make a link just now. Please try again later.

### What is kept, and what people may ask for.

help-kept =
    🗂 What I keep: your settings, whom you blocked, and what moderators decided about you. For { $days ->
        [one] { $days } day
       *[other] { $days } days
    } also whom you chatted with and when, that messages were sent, and reports.
help-no-evidence = What you write is not kept.
help-evidence = What you write is not kept, except for the text of a message that was reported.
help-rights =
    /mydata: everything I keep about you, as a file
    /forgetme: have it all deleted
my-data = 🗂 Everything I keep about you is in this file. Whom you chatted with is not in it: that is theirs to tell.
my-data-later = 🗂 I cannot put your data together right now. Please ask me again in a few minutes.
command-mydata = Everything I keep about you
command-forgetme = Delete everything about you
forget-me =
    🗑 Shall I forget you? A chat or search that runs ends, and everything I keep about you is deleted: settings, blocks, your chats and your link. It cannot be undone.

    If you are banned, the ban stays until it ends; I keep it without your name. Messages already sent stay in the chats on Telegram.
button-forget = 🗑 Yes, forget me
button-keep = ↩️ No, keep everything
forgotten = 🗑 I have forgotten you. Should you come back, we start anew.
forgotten-ban-stays = 🗑 I have forgotten you, all but the ban, which lasts until it ends.
not-forgotten = ↩️ I keep everything as it is.

desk-fleet = 🛠 The fleet, just now
desk-users = Users: { $value }
desk-chatting = People in chats: { $value }
desk-rooms = Chats: { $value }
desk-waiting = People who search: { $value }
desk-queued = Tickets in the pools: { $value }
desk-unsent = Waiting to be sent: { $value }
desk-reports = Open reports: { $value }
desk-broadcast = Last broadcast: { $value }
desk-closed = ⛔ Closed for maintenance; chats go on.
desk-closed-rooms = ⛔ Closed for maintenance; chats rest too.
desk-hint =

    To look somebody up, send /admin and their number. To say something to many, answer a message with /broadcast.
desk-nobody = Nothing is known of { $user }.
desk-person = 👤 { $user }
desk-stands =
    { $stands ->
        [idle] In no chat
        [waiting] Searching
        [held] About to meet somebody
        [chatting] In a chat
       *[away] Not here lately
    }
desk-language = Language: { $value }
desk-unreachable = Cannot be reached
desk-banned = Banned until: { $value }
desk-muted = Muted until: { $value }
desk-reported = Reports: { $value }
desk-blocks = Blocked others: { $value }
desk-decision =
    { $verdict ->
        [dismiss] { $date }: nothing was wrong
        [warn] { $date }: warned
        [mute] { $date }: muted for a day
        [undo] { $date }: ban and mute lifted
        [ban1] { $date }: banned for a day
        [ban7] { $date }: banned for a week
        [ban0] { $date }: banned for ever
       *[ban] { $date }: banned
    }
desk-how-to-broadcast = To say something to many, write it here first, and then answer that message with /broadcast.
desk-compose = 📣 This is how it will look. To whom shall it go?
desk-choose = 📣 Please choose.
desk-all = Everybody
desk-to-language = Language: { $value }
desk-to-bot = Bot: { $value }
desk-to-gender = Gender: { $value }
desk-to-country = Country: { $value }
desk-to-active = Here within: { $value }
desk-days =
    { $days ->
        [one] { $days } day
       *[other] { $days } days
    }
desk-progress =
    { $stands ->
        [running] 📣 Broadcast { $broadcast } is under way.
        [paused] 📣 Broadcast { $broadcast } is paused.
        [stopping] 📣 Broadcast { $broadcast } is being stopped.
        [cancelled] 📣 Broadcast { $broadcast } was stopped.
       *[over] 📣 Broadcast { $broadcast } is done.
    }
desk-sent = Sent: { $value }
desk-queued-all = Of: { $value }
desk-queued-so-far = Queued so far: { $value }
desk-missed = Could not be reached: { $value }
desk-failed = Not taken by Telegram: { $value }
desk-dropped = Dropped: { $value }
desk-no-broadcast = I do not know of that broadcast any more.
button-refresh = 🔄 Refresh
button-broadcast = 📣 The broadcast
button-open = ✅ Open again
button-close = ⛔ Close
button-close-rooms = ⛔ Close, chats rest
button-to-language = Language
button-to-bot = Bot
button-to-gender = Gender
button-to-country = Country
button-to-active = Last here
button-send = 📣 Send it
button-pause = ⏸ Pause
button-resume = ▶️ Go on
button-cancel-broadcast = ⏹ Stop for good
toast-busy = Another broadcast is under way.
