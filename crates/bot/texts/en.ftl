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
