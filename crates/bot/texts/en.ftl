### What the bot says, in English. Every message of this file stands in every other language too; a test compares.
### Arguments: see `render.rs`.

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

    Replies and edits work too. Please be kind, and share nothing about yourself that a stranger should not know.
searching = 🔎 Looking for someone for you…
already-searching = 🔎 I am still looking. Just a little patience!
already-chatting = 💬 You are in a chat already. /next finds someone else, /stop ends it.
found = 🎉 You found each other! Say hello.
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
not-copyable =
    { $why ->
        [refused] Your partner does not accept { $kind ->
            [voice] voice messages
            [video_note] video messages
           *[other] messages of this kind
        }, so it was not delivered.
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

delete-which = To delete a message in both chats, reply to it with /delete. Of what your partner wrote, only you stop seeing it.
copied-anew =
    { $kind ->
        [dice] 🎲 Dice roll anew for your partner, so they may see another number than you.
        [poll] 📊 Your partner gets a poll of their own: neither of you sees how the other votes in it.
       *[location] 📍 Your partner sees the place where you are now; it does not move along with you.
    }
album-in-part = Some of this album could not be passed on.
cleared = 🧹 Done. What you wrote in that chat is gone for both of you, and in your chat your partner's messages are gone as well. Only what is older than 48 hours has to stay: Telegram does not let me delete it.
clear-nothing = There is nothing to clear: I find no finished chat of yours in the last 48 hours.
clear-later = I cannot look that chat up right now. Please try again in a minute.
button-clear = 🧹 Clear this chat
command-delete = Delete the message you reply to
command-clear = Remove what you wrote in the last chat
