### Botun Türkçe söyledikleri.

welcome =
    👋 Hamdam'a hoş geldin! Burada bir yabancıyla baş başa sohbet edersin ve ikiniz de diğerinin kim olduğunu öğrenmezsiniz.
    Düğmeye bas, sana birini bulayım.
help =
    Hamdam iki yabancıyı sohbet için bir araya getirir. Yaz, fotoğraf, sesli mesaj, çıkartma gönder: hepsi adın olmadan karşı tarafa ulaşır.

    /search: birini bul
    /next: bundan ayrıl, başkasını bul
    /stop: sohbeti ya da aramayı bitir
    /settings: kendinden ve kiminle tanışmak istediğinden söz et
    /profile: senin hakkında bildiklerim
    /help: bu mesaj

    Yanıtlar, düzenlemeler ve tepkiler de çalışır. Bir mesajı geri almak için ona /delete ile yanıt ver; biten bir sohbeti /clear temizler. Lütfen nazik ol ve bir yabancının bilmemesi gereken şeyleri paylaşma.
searching = 🔎 Sana birini arıyorum…
already-searching = 🔎 Hâlâ arıyorum. Biraz sabır!
already-chatting = 💬 Zaten bir sohbettesin. /next başkasını bulur, /stop bunu bitirir.
found = 🎉 Birbirinizi buldunuz! Merhaba de.
room-back = 🔄 Burada bir şey bozuldu ve son anlar kayboldu. Aynı kişiyle sohbetine geri döndün. Ulaşmayan bir şey olduysa bir daha yaz.
search-cancelled = Aramayı durdurdum. Canın istediğinde buradayım.
partner-left = 👋 Karşındaki sohbetten ayrıldı.
you-left = Sohbetten ayrıldın.
you-left-searching = Sohbetten ayrıldın. 🔎 Yeni birini arıyorum…
room-closed = Bu sohbet sona erdi. Sana yeni birini bulayım mı?
nothing-to-stop = Şu anda durduracak bir şey yok.
nobody-listens = Seni henüz kimse duymuyor. Sana birini bulayım mı?
still-searching = 🔎 Hâlâ birini arıyorum, bu yüzden bu mesaj kimseye gitmedi.
too-early = ⏳ Bunu yeni sohbetin başlamadan yazdın, bu yüzden kimseye gitmedi.
slow-down = 🐢 Bu çok hızlıydı: mesaj iletilmedi. Karşındakine biraz zaman ver.
busy = Şu anda o kadar kalabalık ki yeni bir şey başlatamıyorum. Lütfen bir dakika sonra tekrar dene.
maintenance = 🛠 Şu anda bakım yapıyoruz; bu yüzden bu kimseye ulaşmadı ve arama başlamıyor. Lütfen biraz sonra tekrar gel.
not-copyable =
    { $why ->
        [refused] Karşındaki { $kind ->
            [voice] sesli mesaj
            [video_note] görüntülü mesaj
           *[other] bu tür mesajları
        } kabul etmiyor, bu yüzden iletilmedi.
        [across] Karşındaki başka bir botumuzu kullanıyor ve { $kind ->
            [poll] anketler
            [dice] zarlar
            [game] oyunlar
           *[other] bu tür mesajlar
        } bir bottan diğerine geçemiyor. İletilmedi.
        [large] Karşındaki başka bir botumuzu kullanıyor ve 20 MB'tan büyük dosyalar bir bottan diğerine geçemiyor. İletilmedi.
        [failed] Bu mesaj karşındakinin botuna ulaşamadı. Lütfen yeniden gönder.
       *[impossible] { $kind ->
            [paid_media] Ücretli medya iletilemez
            [giveaway] Çekilişler iletilemez
            [invoice] Faturalar iletilemez
            [story] Hikâyeler iletilemez
            [poll] Bu anket iletilemez
            [service] Bunu yalnızca sen görüyorsun, karşındakine gösterilmez
           *[other] Bu mesaj iletilemedi
        }.
    }
other-bot =
    { $name ->
        [none] Sohbetin başka bir botumuzda sürüyor. Orada devam et ya da burada /stop ile bitir.
       *[other] Sohbetin @{ $name } botunda sürüyor. Orada devam et ya da burada /stop ile bitir.
    }
unknown-command = Bu komutu bilmiyorum. /help neler yapabildiğimi gösterir.
banned = Sohbetlerin hakkındaki şikâyetler yüzünden { $until } (UTC) tarihine kadar arama yapamazsın.

button-search = 🔎 Birini bul
button-again = 🔎 Yeni birini bul
button-next = ⏭ Sonraki
button-stop = ⏹ Bitir
button-cancel = ✖ Aramayı iptal et
button-help = ❓ Yardım

toast-over = Bu çoktan bitti.

command-search = Birini bul
command-next = Ayrıl ve başkasını bul
command-stop = Sohbeti ya da aramayı bitir
command-help = Nasıl çalışır
command-settings = Sen ve tanışmak istediğin kişi
command-profile = Senin hakkında bildiklerim

bot-name = Hamdam: anonim sohbet
bot-description =
    👋 Bir yabancıyla baş başa sohbet et; ikiniz de diğerinin kim olduğunu öğrenmezsiniz.
    Başlat'a bas, sana birini bulayım.
bot-short-description = Yabancılarla baş başa anonim sohbet. Ücretsiz, nazik, kim olduğunu kimse öğrenmez.

rules =
    🔞 Başlamadan önce:

    En az 18 yaşında olmalısın. Nazik ol. Taciz, tehdit, yasa dışı şeyler ve reklam yok. Bir yabancının bilmemesi gereken şeyleri paylaşma.

    Devam ederek bu yaşta olduğunu ve bunlara uyacağını söylüyorsun.

search-goes-on = 🔎 Sana hâlâ birini arıyorum.
search-widened = 🌍 Şimdi ayarlarının izin verdiği kadar geniş arıyorum.
search-given-up = 😴 Uzun süre aradım ama şu anda uygun kimse yok, bu yüzden durdum. Devam edeyim mi? Ayarlardaki istekleri genişletmek de işe yarar.
trying-reach = Şimdilik yakınlık: { $value }
trying-ages = Şimdilik yaş: { $value }
trying-any-language = Şimdilik ortak dil aramıyorum.
trying-any-gender = İzin verdiğin gibi, şimdilik cinsiyete bakmıyorum.
wait-unknown = Ne kadar süreceğini henüz söyleyemem.
wait-moment = Seninki gibi aramaların yarısı buradan sonra bir dakika içinde bitiyor.
wait-minutes =
    { $minutes ->
        [one] Seninki gibi aramaların yarısı buradan sonra { $minutes } dakika içinde bitiyor.
       *[other] Seninki gibi aramaların yarısı buradan sonra { $minutes } dakika içinde bitiyor.
    }

panel-home = ⚙️ Ayarların
panel-hint = Değiştirmek istediğine dokun. Ne söyleyeceğine sen karar verirsin.
panel-profile = 👤 Senin hakkında bildiklerim
required = ☝️ Başlamadan önce tek bir şey:
ask-later = Bir sohbettesin, yazdığın her şey karşındakine gider. Yazarak yanıtlamak için sohbetten sonra dön.
ask-gender = Cinsiyetin nedir?
ask-age = Kaç yaşındasın? Bana { $least } ile { $most } arasında bir sayı yaz.
ask-languages = Hangi dilleri konuşuyorsun? En çok { $most } tane seç.
ask-place = Neredesin? Şehrini ya da ülkeni yaz ya da 📎 ile konum gönder. Onu yalnızca yaklaşık bir kilometre kesinlikle saklarım ve karşındakiler asla görmez.
ask-place-which = Hangisini demek istedin?
ask-interests = Nelerden konuşmayı seversin? En çok { $most } tane seç ya da virgülle ayırarak yaz.
ask-wanted = Kiminle tanışmak istersin?
ask-ages = Kaç yaşında olsun? Seç ya da 20-30 gibi bir aralık yaz, { $least } ile { $most } arasında.
ask-reach = Ne kadar yakın olsun?
ask-reach-placeless = Önce nerede olduğunu söyle; sonra yakınlarda arayabilirim.
ask-yields = Bir süre uygun kimse çıkmazsa bundan vazgeçeyim mi?

line-gender = Cinsiyet: { $value }
line-age = Yaş: { $value }
line-place = Yer: { $value }
line-languages = Diller: { $value }
line-interests = İlgi alanları: { $value }
line-wanted = Aradığım: { $value }
line-ages = Karşımdakinin yaşı: { $value }
line-reach = Yakınlık: { $value }
line-yields = Vazgeçilebilir: { $value }
line-protected = Korumalı sohbetler: { $value }
line-same-language = Yalnızca ortak bir dille
not-said = belirtilmedi
nothing = hiçbiri
on = açık
off = kapalı
comma = {", "}
number = { $n }
gender-female = Kadın
gender-male = Erkek
gender-other = Diğer
wanted-female = Kadınlar
wanted-male = Erkekler
wanted-other = Diğerleri
wanted-all = Herkes
ages-any = her yaş
ages-between = { $from } ile { $to } arası
reach-anywhere = Her yer
reach-country = Ülkemde
reach-city = Şehrimde
reach-within = { $km } km içinde
place-shared = paylaşılan konum
yield-gender = Cinsiyet
yield-age = Yaş

refused-age = Bu yaşı kabul edemem. { $least } ile { $most } arasında bir sayı yaz, örneğin 25.
refused-ages = Bu aralığı anlamadım. { $least } ile { $most } arasında iki yaş yaz, örneğin 20-30.
refused-upside-down = { $from } ile { $to } ters olmuş. Önce küçük yaşı yaz, örneğin { $to }-{ $from }.
refused-place = Bu yeri bilmiyorum. En yakın büyük şehri ya da ülkenin adını dillerimden biriyle yaz ya da 📎 ile konum gönder.
refused-no-place = Önce nerede olduğunu söyle; "şehrimde" için şehrini bilmem gerek.
refused-too-many-interests =
    { $given ->
        [one] { $given } ilgi alanı çok fazla; en çok { $most } olabilir.
       *[other] { $given } ilgi alanı çok fazla; en çok { $most } olabilir.
    }
refused-too-many-languages = En çok { $most } dil olabilir. Önce birini çıkar.
refused-interests = Bazılarını bilmiyorum. Düğmelerden seç ya da oradaki adları virgülle ayırarak yaz.

button-settings = ⚙️ Ayarlar
button-back = ⬅️ Geri
button-rather-not = Söylemek istemem
button-gender = 👤 Cinsiyet
button-age = 🎂 Yaş
button-place = 📍 Yer
button-languages = 🗣 Diller
button-interests = ⭐ İlgi alanları
button-wanted = 💞 Kiminle tanışayım
button-ages = 🎈 Onun yaşı
button-reach = 🧭 Yakınlık
button-yields = 🤝 Nelerden vazgeçilir
button-protect = 🔒 Korumalı sohbetleri aç
button-unprotect = 🔓 Korumalı sohbetleri kapat
button-same-language = Yalnızca ortak bir dille
button-agree = ✅ 18 yaşındayım, kabul ediyorum
button-widen = 🌍 Şimdi daha geniş ara
button-go-on = 🔎 Aramaya devam et

## Safety

you-blocked = 🚫 Sohbetten çıktın; ikiniz bir daha karşılaşmayacaksınız.
blocked = 🚫 Tamam: ikiniz bir daha karşılaşmayacaksınız.
nobody-to-block = Şu anda engellenecek kimse yok. Sohbette ya da bittikten sonraki bir saat içinde /block o kişiyle bir daha karşılaşmamanı sağlar.
button-block = 🚫 Bir daha asla
command-block = Çık ve bu kişiyle bir daha karşılaşma
banned-for-ever = Sohbetlerinle ilgili bildirimler yüzünden artık burada arama yapamazsın.
muted = 🔇 Bildirimler yüzünden { $until } (UTC) tarihine kadar yazdıkların kimseye ulaşmıyor.
warned = ⚠️ Konuştuğun biri seni bildirdi ve moderatörlerimiz ona hak verdi. Lütfen nazik ol; bir dahaki sefere dışarıda kalabilirsin.
forgiven = 🕊 Bir kısıtlaman kaldırıldı. Yeniden hoş geldin!
nobody-to-report = Şu anda bildirilecek kimse yok. Sohbette ya da bittikten sonraki bir saat içinde /report moderatörlerimize haber verir. Bir mesaja yanıt olarak yazarsan o mesajla ilgilidir.
report-why = 🚩 Sorun ne? Moderatörlerimiz sana gelen son mesajları görecek; partnerinin haberi olmayacak.
report-why-message = 🚩 Bu mesajda sorun ne? Moderatörlerimiz onu görecek; partnerinin haberi olmayacak.
reported = 🙏 Teşekkürler. Moderatörlerimiz bakacak. Bu kişiyle bir daha karşılaşmak istemiyorsan düğmeye bas.
reason-spam = 📢 Reklam
reason-insult = 🤬 Hakaret
reason-sex = 🔞 Cinsel içerik
reason-minor = 🧒 Yaşı küçük
reason-threat = ⚠️ Tehdit ya da dolandırıcılık
reason-other = 💬 Başka bir şey
button-report = 🚩 Bildir
command-report = Birini moderatörlere bildir
case =
    🚩 Dosya { $case }
    { $about ->
        [message] Bir mesaj hakkında
       *[chat] Bir sohbet hakkında
    }: { $reason ->
        [spam] reklam
        [insult] hakaret
        [sex] cinsel içerik
        [minor] yaşı küçük
        [threat] tehdit ya da dolandırıcılık
       *[other] başka bir şey
    }
case-decided =
    { $verdict ->
        [dismiss] ✅ Reddedildi
        [warn] ⚠️ Uyarıldı
        [mute] 🔇 Bir gün susturuldu
        [ban1] ⛔ Bir gün yasaklandı
        [ban7] ⛔ Bir hafta yasaklandı
        [ban0] ⛔ Süresiz yasaklandı
       *[other] ⛔ Yasaklandı
    }
button-dismiss = ✅ Reddet
button-warn = ⚠️ Uyar
button-mute = 🔇 Bir gün sustur
button-ban-day = ⛔ Bir gün yasakla
button-ban-week = ⛔ Bir hafta yasakla
button-ban-for-ever = ⛔ Süresiz yasakla
button-undo = ↩️ Geri al
button-who = 🆔 Kim bu?
toast-decided = Tamam.
toast-decided-before = Buna daha önce biri karar verdi.
toast-not-for-you = Bunu yalnızca yöneticiler sorabilir.

### Who goes about things too fast.

flooded = 🐢 Bir anda çok fazla şey gönderiyorsun. Bu kimseye ulaşmadı; { $seconds } saniye boyunca göndereceklerin de ulaşmayacak. Bir nefes al, sonra devam et.
not-so-fast = ⏳ Birkaç sohbetten hemen ayrıldın. { $seconds } saniye sonra yeni birini arayabilirsin. İnsanlara biraz daha zaman tanımaya değer!

### Words a house does not want and texts that go from room to room.

send-anyway-word = 🧐 Böyle sözler kırıcı olabilir, bu yüzden henüz kimseye gitmedi. Yine de göndereyim mi?
send-anyway-repeat = 🔁 Aynısını birkaç kişiye daha yazdın ve bu reklama benziyor. Bu yüzden henüz kimseye gitmedi. Yine de göndereyim mi?
held-back-word = 🛡 Böyle sözler burada iletilmiyor, bu yüzden kimseye gitmedi.
held-back-repeat = 🔁 Aynısını çok kişiye yazdın ve bu reklama benziyor. Bu yüzden kimseye gitmedi. Başka sözlerle söyle.
change-held-back-word = 🛡 Böyle sözler burada iletilmiyor, bu yüzden karşındaki bu değişikliği görmüyor.
change-held-back-repeat = 🔁 Aynısını çok kişiye yazdın, bu yüzden karşındaki bu değişikliği görmüyor.

### A bot that has room.

elsewhere = Bu bot şu anda çok yoğun, mesajlar gecikebilir. @{ $name } daha rahat: orada da aynı insanlarla tanışırsın, bana anlattıkların orada da bilinir.
button-elsewhere = ➡️ @{ $name } içinde ara

### A channel that is required.

join-first = 📣 Aramadan önce lütfen kanalımıza katıl: @{ $name }. Sonra geri gelip ikinci düğmeye bas.
button-channel = 📣 Kanalı aç
button-joined = ✅ Katıldım
toast-not-joined = Henüz kanalda değilsin.

### Ratings by whoever was met.

button-good = 👍 İyiydi
button-bad = 👎 İyi değildi
toast-good = 👍 Not edildi, teşekkürler. Bir saat içinde fikrini değiştirebilirsin.
toast-bad = 👎 Not edildi, teşekkürler. Bir saat içinde fikrini değiştirebilirsin.

### Yazanından bir şey ele veren mesajlar.

send-anyway =
    🕶 { $what ->
        [contact] Kişi kartı kim olunduğunu gösterir
        [mention] Telegram adından kişi bulunur
        [phone] Telefon numarasından kişi bulunur
        [email] E-posta adresinden kişi bulunur
       *[link] Bağlantı sana götürebilir
    } ve karşındaki bir yabancı. Bu yüzden bu henüz kimseye gitmedi. Yine de göndereyim mi?
held-back =
    🛡 { $whom ->
        [new] { $what ->
            [contact] Burada yeniyken kişi kartları iletilmez
            [mention] Burada yeniyken Telegram adları iletilmez
            [phone] Burada yeniyken telefon numaraları iletilmez
            [email] Burada yeniyken e-posta adresleri iletilmez
           *[link] Burada yeniyken bağlantılar iletilmez
        }
       *[all] { $what ->
            [contact] Burada kişi kartları iletilmez
            [mention] Burada Telegram adları iletilmez
            [phone] Burada telefon numaraları iletilmez
            [email] Burada e-posta adresleri iletilmez
           *[link] Burada bağlantılar iletilmez
        }
    }, bu yüzden bu kimseye gitmedi.
change-held-back =
    🛡 { $what ->
        [contact] Kişi kartı
        [mention] Telegram adı
        [phone] Telefon numarası
        [email] E-posta adresi
       *[link] Bağlantı
    } bir mesaja sonradan eklenemez, bu yüzden karşındaki bu değişikliği görmüyor. Yeni bir mesaj olarak yazabilirsin.
sent-anyway = ✅ İstediğin gibi gönderdim.
button-send-anyway = Yine de gönder

### Albümler, tepkiler ve geri alınan mesajlar.

album-in-part = Bu albümün bir kısmı iletilemedi.
copied-anew =
    { $kind ->
        [dice] 🎲 Zar karşındaki için yeniden atılır, başka bir sayı görebilir.
        [poll] 📊 Karşındaki kendi anketini alır: orada birbirinizin oyunu görmezsiniz.
       *[location] 📍 Karşındaki şu an bulunduğun yeri görür; konum seninle birlikte hareket etmez.
    }
delete-which = Bir mesajı iki tarafta da silmek için ona /delete ile yanıt ver. Karşındakinin yazdığı yalnızca sende silinir.
deleted-here = O sohbet bitti, bu yüzden mesaj yalnızca sende silindi. /clear, o sohbette yazdıklarını iki tarafta da siler.
cleared =
    { $sides ->
        [both] 🧹 Tamam. O sohbette yazdıkların ikinizden de silindi, sende karşındakinin mesajları da gitti. Yalnızca 48 saatten eski olanlar kalır: Telegram onları silmeme izin vermiyor.
       *[here] 🧹 Tamam: o sohbet sende temizlendi. Karşındakinin orada hangi botla olduğunu artık bilmiyorum, bu yüzden yazdıkların onda kalıyor.
    }
clear-running = Bu sohbet hâlâ sürüyor. Bitince /clear, içinde yazdıklarını geri alır.
clear-nothing = Temizlenecek bir şey yok: son 48 saatte bitmiş bir sohbetini bulamadım.
clear-later = O sohbeti şu an bulamıyorum. Lütfen bir dakika sonra yeniden dene.
button-clear = 🧹 Bu sohbeti temizle
command-delete = Yanıtladığın mesajı sil
command-clear = Son sohbette yazdıklarını kaldır

### Premium.

premium =
    ⭐ Premium ile aramaların öne geçer: her biri, başladığından biraz daha önce başlamış sayılır.
    Bunun için kimse uydurulmaz: karşına çıkanlar, onsuz da olduğu gibi insandır.
premium-until = { $until } (UTC) tarihine kadar premium'un var.
premium-over = Yani artık premium'un yok.
offer-days = { $days } gün, { $stars } ⭐
offer-monthly = Her ay, { $stars } ⭐
invoice-title = Premium
invoice-days = { $days } gün boyunca aramaların öne geçer.
invoice-monthly = Aramaların öne geçer. Sen bitirene kadar her ay yenilenir.
subscribe = 🔁 Ayda { $stars } ⭐. Sen bitirene kadar Telegram her ay yeniler; bitirmek için Telegram ayarlarında “Yıldızlarım”a bak. Parasını ödediğin süre senindir.
subscribe-later = Şu anda aboneliği açamıyorum. Lütfen bir dakika sonra tekrar dene.
paid = ⭐ Teşekkürler! Aramaların artık öne geçiyor.
paid-unclear = Ödemen geldi, ama ne için olduğunu bilmiyorum. Lütfen bize yaz: /paysupport
payment-returned = ↩️ Bir ödemen sana geri döndü.
pay-support =
    💬 Bir ödemede sorun varsa buraya başvur: { $contact }
    Telegram'ın kendi desteği burada satın alınanlarda yardımcı olamaz.
terms =
    📄 Premium ile aramaların öne geçer. Birini, hele belli birini bulma sözü vermez; kurallar herkes için aynıdır.
    Telegram Yıldızı ile, bu botu işletene ödersin. /premium komutunun gösterdiği gün kendiliğinden biter; abonelik, sen Telegram ayarlarındaki “Yıldızlarım” bölümünden bitirene kadar her ay yenilenir.
    Bir ödemede sorun varsa: /paysupport
terms-own = Burada ayrıca şu geçerli: { $own }
premium-lapsed = ⭐ Premium'un bitti, onunla gelen istekler kapandı: şimdi neyin geçerli olduğunu /settings gösterir, /premium geri getirir.
premium-wishes = Yalnızca premium ile: { $wishes }.
filter-near = 5 ya da 10 km içinde arama
filter-distance = kilometre olarak uzaklık
filter-city = kendi şehrinde arama
filter-gender = cinsiyete göre seçme
filter-ages = yaşa göre seçme
filter-interests = üçten fazla ilgi alanı
refused-for-premium = ⭐ Bu premium ile gelir: /premium
declined-stale = Bu teklif artık yok. Şimdi ne olduğunu /premium gösterir.
declined-banned = Şu anda arama yapamıyorsun, bu yüzden sana premium satmıyorum.
declined-busy = Şu anda ödeme alamıyorum, hiçbir şey ödenmedi. Lütfen bir dakika sonra tekrar dene.
command-premium = Aramaların öne geçsin (ücretli)
command-paysupport = Ödemeler için yardım
command-terms = Premium koşulları

### Botun kendi dili.

ask-texts = Seninle hangi dilde konuşayım?
texts-of-telegram = Telegram'ımdaki gibi
button-texts = 🌐 Botun dili

### Sayılan bağlantılar.

command-invite = Arkadaşların için kendi bağlantın
invite = 💌 Kendi bağlantın. Onunla gelen senin olduğunu öğrenmez, sen de kim olduğunu öğrenmezsin: { $link }
invited =
    { $count ->
        [0] Onunla henüz kimse gelmedi.
       *[other] Onunla { $count } yeni kişi geldi.
    }
invite-nameless = 💌 Şu anda bağlantı yapamıyorum. Lütfen biraz sonra tekrar dene.

### What is kept, and what people may ask for.

help-kept =
    🗂 Sakladıklarım: ayarların, engellediklerin ve moderatörlerin senin hakkındaki kararları. { $days } gün boyunca ayrıca kiminle ne zaman sohbet ettiğin, mesaj gönderildiği bilgisi ve şikâyetler.
help-no-evidence = Yazdıkların saklanmaz.
help-evidence = Yazdıkların saklanmaz; yalnızca şikâyet edilen bir mesajın metni kalır.
help-rights =
    /mydata: hakkında sakladığım her şey, bir dosyada
    /forgetme: hepsinin silinmesi
my-data = 🗂 Hakkında sakladığım her şey bu dosyada. Kimlerle sohbet ettiğin içinde yok: onu söylemek onlara düşer.
my-data-later = 🗂 Verilerini şu anda bir araya getiremiyorum. Lütfen birkaç dakika sonra yeniden iste.
command-mydata = Hakkında sakladığım her şey
command-forgetme = Hakkındaki her şeyi sil
forget-me =
    🗑 Seni unutayım mı? Süren sohbet ya da arama biter ve hakkında sakladığım her şey silinir: ayarlar, engellemeler, sohbetlerin ve bağlantın. Bunun geri dönüşü yok.

    Yasaklıysan yasak bitene kadar kalır; onu adın olmadan saklarım. Gönderilmiş mesajlar Telegram sohbetlerinde kalır.
button-forget = 🗑 Evet, beni unut
button-keep = ↩️ Hayır, her şey kalsın
forgotten = 🗑 Seni unuttum. Geri gelirsen baştan başlarız.
forgotten-ban-stays = 🗑 Yasak dışında seni unuttum; o bitene kadar sürer.
not-forgotten = ↩️ Her şeyi olduğu gibi bırakıyorum.

desk-fleet = 🛠 Sistemin şu anki durumu
desk-users = Kullanıcılar: { $value }
desk-chatting = Sohbetteki kişiler: { $value }
desk-rooms = Sohbetler: { $value }
desk-waiting = Arayan kişiler: { $value }
desk-queued = Kuyruklardaki istekler: { $value }
desk-unsent = Gönderilmeyi bekleyen: { $value }
desk-reports = Açık şikâyetler: { $value }
desk-broadcast = Son duyuru: { $value }
desk-closed = ⛔ Bakım için kapalı; sohbetler sürüyor.
desk-closed-rooms = ⛔ Bakım için kapalı; sohbetler de duruyor.
desk-hint =

    Birine bakmak için /admin ve numarasını gönder. Bir mesajı çok kişiye göndermek için onu /broadcast ile yanıtla.
desk-nobody = { $user } hakkında hiçbir şey bilinmiyor.
desk-person = 👤 { $user }
desk-stands =
    { $stands ->
        [idle] Sohbette değil
        [waiting] Arıyor
        [held] Biriyle tanışmak üzere
        [chatting] Sohbette
       *[away] Bir süredir yok
    }
desk-language = Dil: { $value }
desk-unreachable = Ulaşılamıyor
desk-banned = Şu tarihe kadar yasaklı: { $value }
desk-muted = Şu tarihe kadar susturuldu: { $value }
desk-reported = Şikâyetler: { $value }
desk-blocks = Engelledikleri: { $value }
desk-decision =
    { $verdict ->
        [dismiss] { $date }: sorun yoktu
        [warn] { $date }: uyarı
        [mute] { $date }: bir gün susturma
        [undo] { $date }: yasak ve susturma kaldırıldı
        [ban1] { $date }: bir gün yasak
        [ban7] { $date }: bir hafta yasak
        [ban0] { $date }: süresiz yasak
       *[ban] { $date }: yasak
    }
desk-how-to-broadcast = Çok kişiye bir şey söylemek için önce onu buraya yaz, sonra o mesajı /broadcast ile yanıtla.
desk-compose = 📣 Böyle görünecek. Kime gitsin?
desk-choose = 📣 Lütfen seç.
desk-all = Herkes
desk-to-language = Dil: { $value }
desk-to-bot = Bot: { $value }
desk-to-gender = Cinsiyet: { $value }
desk-to-country = Ülke: { $value }
desk-to-active = Şu süre içinde gelen: { $value }
desk-days = { $days } gün
desk-progress =
    { $stands ->
        [running] 📣 { $broadcast } numaralı duyuru gönderiliyor.
        [paused] 📣 { $broadcast } numaralı duyuru duraklatıldı.
        [stopping] 📣 { $broadcast } numaralı duyuru durduruluyor.
        [cancelled] 📣 { $broadcast } numaralı duyuru durduruldu.
       *[over] 📣 { $broadcast } numaralı duyuru bitti.
    }
desk-sent = Gönderilen: { $value }
desk-queued-all = Toplam: { $value }
desk-queued-so-far = Şimdiye dek kuyrukta: { $value }
desk-missed = Ulaşılamayan: { $value }
desk-failed = Telegram'ın almadığı: { $value }
desk-dropped = Vazgeçilen: { $value }
desk-no-broadcast = O duyuruyu artık bilmiyorum.
button-refresh = 🔄 Yenile
button-broadcast = 📣 Duyuru
button-open = ✅ Yeniden aç
button-close = ⛔ Kapat
button-close-rooms = ⛔ Sohbetlerle birlikte kapat
button-to-language = Dil
button-to-bot = Bot
button-to-gender = Cinsiyet
button-to-country = Ülke
button-to-active = Son geliş
button-send = 📣 Gönder
button-pause = ⏸ Duraklat
button-resume = ▶️ Sürdür
button-cancel-broadcast = ⏹ Tamamen durdur
toast-busy = Başka bir duyuru gönderiliyor.
