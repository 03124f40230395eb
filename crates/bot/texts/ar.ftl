### ما يقوله البوت بالعربية.

welcome =
    👋 أهلًا بك في همدم! هنا تتحدث مع شخص غريب، واحدًا لواحد، ولا يعرف أيٌّ منكما من هو الآخر.
    اضغط الزر وسأجد لك من تتحدث معه.
help =
    همدم يجمع غريبين ليتحدثا. اكتب وأرسل الصور والرسائل الصوتية والملصقات: كل شيء يصل إلى شريكك بلا اسمك.

    البحث عن شريك: /search
    ترك هذا والبحث عن غيره: /next
    إنهاء المحادثة أو البحث: /stop
    عنك وعمّن تحب أن تلتقي به: /settings
    ما أعرفه عنك: /profile
    هذه المساعدة: /help

    الردود والتعديلات تعمل أيضًا. كن لطيفًا من فضلك، ولا تقل عن نفسك ما لا ينبغي أن يعرفه غريب.
searching = 🔎 أبحث لك عن شخص…
already-searching = 🔎 ما زلت أبحث. قليلًا من الصبر!
already-chatting = 💬 أنت في محادثة الآن. للبحث عن غيرها /next ولإنهائها /stop.
found = 🎉 وجد كلٌّ منكما الآخر! قل مرحبًا.
search-cancelled = أوقفت البحث. أنا هنا متى أردت.
partner-left = 👋 غادر شريكك المحادثة.
you-left = غادرت المحادثة.
you-left-searching = غادرت المحادثة. 🔎 أبحث لك عن شخص جديد…
room-closed = انتهت هذه المحادثة. هل أبحث لك عن شخص جديد؟
nothing-to-stop = لا يوجد ما أوقفه الآن.
nobody-listens = لا أحد يسمعك بعد. هل أبحث لك عن شريك؟
still-searching = 🔎 ما زلت أبحث عن شريكك، لذلك لم تصل هذه الرسالة إلى أحد.
too-early = ⏳ كتبت هذا قبل أن تبدأ محادثتك الجديدة، لذلك لم يصل إلى أحد.
slow-down = 🐢 كان ذلك سريعًا جدًا ولم تصل هذه الرسالة. امنح شريكك لحظة.
busy = هنا الآن أناس كثيرون فلا أستطيع بدء شيء جديد. حاول من فضلك بعد دقيقة.
not-copyable =
    { $why ->
        [refused] شريكك لا يقبل { $kind ->
            [voice] الرسائل الصوتية
            [video_note] رسائل الفيديو
           *[other] هذا النوع من الرسائل
        }، لذلك لم تصل.
       *[impossible] { $kind ->
            [paid_media] لا يمكن تمرير الوسائط المدفوعة
            [giveaway] لا يمكن تمرير السحوبات
            [invoice] لا يمكن تمرير الفواتير
            [story] لا يمكن تمرير القصص
            [poll] لا يمكن تمرير هذا الاستطلاع
            [service] هذا تراه أنت وحدك ولا يظهر لشريكك
           *[other] لم أستطع تمرير هذه الرسالة
        }.
    }
other-bot =
    { $name ->
        [none] محادثتك مستمرة في بوت آخر من بوتاتنا. أكملها هناك أو أنهها هنا بالأمر /stop.
       *[other] محادثتك مستمرة في هذا البوت: @{ $name }. أكملها هناك أو أنهها هنا بالأمر /stop.
    }
unknown-command = لا أعرف هذا الأمر. لمعرفة ما أستطيع فعله: /help
banned = بسبب بلاغات عن محادثاتك لا يمكنك البحث حتى { $until } (UTC).

button-search = 🔎 البحث عن شريك
button-again = 🔎 البحث عن شخص جديد
button-next = ⏭ التالي
button-stop = ⏹ إنهاء
button-cancel = ✖ إلغاء البحث
button-help = ❓ مساعدة

toast-over = انتهى هذا من قبل.

command-search = البحث عن شريك
command-next = ترك هذا والبحث عن غيره
command-stop = إنهاء المحادثة أو البحث
command-help = كيف يعمل هذا
command-settings = عنك وعمّن تحب أن تلتقي به
command-profile = ما أعرفه عنك

bot-name = همدم: محادثة مجهولة
bot-description =
    👋 تحدث مع شخص غريب، واحدًا لواحد، دون أن يعرف أيٌّ منكما من هو الآخر.
    اضغط ابدأ وسأجد لك من تتحدث معه.
bot-short-description = محادثة مجهولة مع غرباء، واحدًا لواحد. مجانية ولطيفة ولا يعرف أحد من أنت.

rules =
    🔞 قبل أن نبدأ:

    يجب ألا يقل عمرك عن 18 عامًا. كن لطيفًا. لا مضايقة ولا تهديد ولا شيء مخالفًا للقانون ولا إعلانات. لا تقل عن نفسك ما لا ينبغي أن يعرفه غريب.

    بالمتابعة تؤكد أنك بلغت هذا العمر وأنك ستلتزم بهذا.

search-goes-on = 🔎 ما زلت أبحث لك عن شخص.
search-widened = 🌍 أبحث الآن بأوسع ما تسمح به إعداداتك.
search-given-up = 😴 بحثت طويلًا، لكن لا يوجد الآن شخص مناسب، فتوقفت. هل أتابع؟ توسيع رغباتك في الإعدادات يساعد أيضًا.
trying-reach = القرب حاليًا: { $value }
trying-ages = العمر حاليًا: { $value }
trying-any-language = لا أشترط الآن لغة مشتركة.
trying-any-gender = لا أشترط الآن جنسًا معيّنًا، كما سمحت لي.
wait-unknown = لا أستطيع أن أقول بعد كم سيطول الأمر.
wait-moment = نصف عمليات البحث المشابهة تنتهي خلال دقيقة من الآن.
wait-minutes =
    { $minutes ->
        [zero] نصف عمليات البحث المشابهة تنتهي الآن.
        [one] نصف عمليات البحث المشابهة تنتهي خلال دقيقة واحدة من الآن.
        [two] نصف عمليات البحث المشابهة تنتهي خلال دقيقتين من الآن.
        [few] نصف عمليات البحث المشابهة تنتهي خلال { $minutes } دقائق من الآن.
        [many] نصف عمليات البحث المشابهة تنتهي خلال { $minutes } دقيقة من الآن.
       *[other] نصف عمليات البحث المشابهة تنتهي خلال { $minutes } دقيقة من الآن.
    }

panel-home = ⚙️ إعداداتك
panel-hint = اضغط ما تريد تغييره. أنت تقرر ما تقوله.
panel-profile = 👤 ما أعرفه عنك
required = ☝️ شيء واحد قبل أن نبدأ:
ask-later = أنت في محادثة، فكل ما تكتبه يصل إلى شريكك. للإجابة بالكتابة ارجع بعدها.
ask-gender = ما جنسك؟
ask-age = كم عمرك؟ اكتب لي رقمًا من { $least } إلى { $most }.
ask-languages = أي لغات تتكلم؟ اختر حتى { $most }.
ask-place = أين أنت؟ اكتب مدينتك أو بلدك، أو أرسل موقعك بواسطة 📎. أحفظه بدقة كيلومتر تقريبًا فقط ولا يراه أي شريك.
ask-place-which = أيها تقصد؟
ask-interests = عمّ تحب أن تتحدث؟ اختر حتى { $most }، أو اكتبها وبينها فواصل.
ask-wanted = من تحب أن تلتقي به؟
ask-ages = كم يكون عمره؟ اختر، أو اكتب مدى مثل «20 إلى 30»، من { $least } إلى { $most }.
ask-reach = كم يكون قريبًا؟
ask-reach-placeless = قل لي أولًا أين أنت، فأستطيع البحث بالقرب منك.
ask-yields = إن لم يظهر شخص مناسب لبعض الوقت، هل أتنازل عن هذا؟

line-gender = الجنس: { $value }
line-age = العمر: { $value }
line-place = المكان: { $value }
line-languages = اللغات: { $value }
line-interests = الاهتمامات: { $value }
line-wanted = أبحث عن: { $value }
line-ages = عمر الشريك: { $value }
line-reach = القرب: { $value }
line-yields = يمكن التنازل عن: { $value }
line-protected = المحادثات المحمية: { $value }
line-same-language = فقط بلغة مشتركة
not-said = لم تذكره
nothing = لا شيء
on = مفعّلة
off = متوقفة
comma = {"، "}
number = { $n }
gender-female = امرأة
gender-male = رجل
gender-other = غير ذلك
wanted-female = النساء
wanted-male = الرجال
wanted-other = غير ذلك
wanted-all = الجميع
ages-any = أي عمر
ages-between = من { $from } إلى { $to }
reach-anywhere = في أي مكان
reach-country = في بلدي
reach-city = في مدينتي
reach-within = ضمن { $km } كم
place-shared = موقع أرسلته
yield-gender = الجنس
yield-age = العمر

refused-age = لا يمكنني قبول هذا العمر. اكتب رقمًا من { $least } إلى { $most }، مثل 25.
refused-ages = لم أفهم هذا المدى. اكتب عمرين من { $least } إلى { $most }، مثل «20 إلى 30».
refused-upside-down = من { $from } إلى { $to } معكوس. اكتب العمر الأصغر أولًا، مثل «{ $to } إلى { $from }».
refused-place = لا أعرف هذا المكان. جرّب أقرب مدينة كبيرة أو اسم بلدك بإحدى لغاتي، أو أرسل موقعك بواسطة 📎.
refused-no-place = قل لي أولًا أين أنت؛ ولخيار «في مدينتي» أحتاج إلى مدينتك.
refused-too-many-interests =
    { $given ->
        [zero] هذه الاهتمامات كثيرة؛ الحد الأقصى { $most }.
        [one] اهتمام واحد كثير؛ الحد الأقصى { $most }.
        [two] اهتمامان كثيران؛ الحد الأقصى { $most }.
        [few] { $given } اهتمامات كثيرة؛ الحد الأقصى { $most }.
        [many] { $given } اهتمامًا كثيرة؛ الحد الأقصى { $most }.
       *[other] { $given } اهتمام كثيرة؛ الحد الأقصى { $most }.
    }
refused-too-many-languages = الحد الأقصى للغات هو { $most }. أزل واحدة أولًا.
refused-interests = لا أعرف بعض هذه. اختر من الأزرار، أو اكتب أسماءها وبينها فواصل.

button-settings = ⚙️ الإعدادات
button-back = ⬅️ رجوع
button-rather-not = أفضّل ألا أقول
button-gender = 👤 الجنس
button-age = 🎂 العمر
button-place = 📍 المكان
button-languages = 🗣 اللغات
button-interests = ⭐ الاهتمامات
button-wanted = 💞 من ألتقي
button-ages = 🎈 عمر الشريك
button-reach = 🧭 القرب
button-yields = 🤝 ما يمكن التنازل عنه
button-protect = 🔒 تفعيل المحادثات المحمية
button-unprotect = 🔓 إيقاف المحادثات المحمية
button-same-language = فقط بلغة مشتركة
button-agree = ✅ بلغت 18 عامًا وأوافق
button-widen = 🌍 وسّع البحث الآن
button-go-on = 🔎 تابع البحث

## Safety

you-blocked = 🚫 غادرت المحادثة، ولن تلتقيا مرة أخرى.
blocked = 🚫 تم: لن تلتقيا مرة أخرى.
nobody-to-block = لا يوجد من تحظره الآن. في المحادثة أو خلال ساعة بعدها يضمن الأمر /block ألا تلتقي بهذا الشخص مجددًا.
button-block = 🚫 لا مرة أخرى
command-block = المغادرة وعدم لقاء هذا الشخص مجددًا
banned-for-ever = بسبب بلاغات عن محادثاتك لم يعد بإمكانك البحث هنا.
muted = 🔇 بسبب البلاغات لا يصل ما تكتبه إلى أحد حتى { $until } (UTC).
warned = ⚠️ أبلغ عنك شخص تحدثت معه، ويوافقه مشرفونا الرأي. كن لطيفًا من فضلك، ففي المرة القادمة قد نمنعك من الدخول.
forgiven = 🕊 رُفع قيد كان عليك. أهلًا بعودتك!
nobody-to-report = لا يوجد من تبلّغ عنه الآن. في المحادثة أو خلال ساعة بعدها يخبر الأمر /report مشرفينا. وإذا كتبته ردًّا على رسالة فهو عنها.
report-why = 🚩 ما المشكلة؟ سيرى مشرفونا آخر الرسائل التي وصلتك، ولن يعلم شريكك بذلك.
report-why-message = 🚩 ما مشكلة هذه الرسالة؟ سيراها مشرفونا، ولن يعلم شريكك بذلك.
reported = 🙏 شكرًا لك. سينظر مشرفونا في الأمر. إن لم ترغب في لقاء هذا الشخص مجددًا فاضغط الزر.
reason-spam = 📢 إعلانات
reason-insult = 🤬 إهانات
reason-sex = 🔞 محتوى جنسي
reason-minor = 🧒 دون السن
reason-threat = ⚠️ تهديد أو احتيال
reason-other = 💬 شيء آخر
button-report = 🚩 إبلاغ
command-report = إخبار المشرفين عن شخص
case =
    🚩 القضية { $case }
    { $about ->
        [message] عن رسالة
       *[chat] عن محادثة
    }: { $reason ->
        [spam] إعلانات
        [insult] إهانات
        [sex] محتوى جنسي
        [minor] دون السن
        [threat] تهديد أو احتيال
       *[other] شيء آخر
    }
case-decided =
    { $verdict ->
        [dismiss] ✅ رُفض البلاغ
        [warn] ⚠️ تم التحذير
        [mute] 🔇 أُسكت يومًا
        [ban1] ⛔ حُظر يومًا
        [ban7] ⛔ حُظر أسبوعًا
        [ban0] ⛔ حُظر نهائيًا
       *[other] ⛔ حُظر
    }
button-dismiss = ✅ رفض البلاغ
button-warn = ⚠️ تحذير
button-mute = 🔇 إسكات يومًا
button-ban-day = ⛔ حظر يومًا
button-ban-week = ⛔ حظر أسبوعًا
button-ban-for-ever = ⛔ حظر نهائي
button-undo = ↩️ تراجع
button-who = 🆔 من هو؟
toast-decided = تم.
toast-decided-before = سبق أن قرر أحدهم هذا.
toast-not-for-you = هذا للمديرين فقط.
