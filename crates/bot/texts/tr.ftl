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

    Yanıtlar ve düzenlemeler de çalışır. Lütfen nazik ol ve bir yabancının bilmemesi gereken şeyleri paylaşma.
searching = 🔎 Sana birini arıyorum…
already-searching = 🔎 Hâlâ arıyorum. Biraz sabır!
already-chatting = 💬 Zaten bir sohbettesin. /next başkasını bulur, /stop bunu bitirir.
found = 🎉 Birbirinizi buldunuz! Merhaba de.
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
not-copyable =
    { $why ->
        [refused] Karşındaki { $kind ->
            [voice] sesli mesaj
            [video_note] görüntülü mesaj
           *[other] bu tür mesajları
        } kabul etmiyor, bu yüzden iletilmedi.
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

delete-which = Bir mesajı iki tarafta da silmek için ona /delete ile yanıt ver. Karşındakinin yazdığı yalnızca sende silinir.
copied-anew =
    { $kind ->
        [dice] 🎲 Zar karşındaki için yeniden atılır, başka bir sayı görebilir.
        [poll] 📊 Karşındaki kendi anketini alır: orada birbirinizin oyunu görmezsiniz.
       *[location] 📍 Karşındaki şu an bulunduğun yeri görür; konum seninle birlikte hareket etmez.
    }
album-in-part = Bu albümün bir kısmı iletilemedi.
cleared = 🧹 Tamam. O sohbette yazdıkların ikinizden de silindi, sende karşındakinin mesajları da gitti. Yalnızca 48 saatten eski olanlar kalır: Telegram onları silmeme izin vermiyor.
clear-nothing = Temizlenecek bir şey yok: son 48 saatte bitmiş bir sohbetini bulamadım.
clear-later = O sohbeti şu an bulamıyorum. Lütfen bir dakika sonra yeniden dene.
button-clear = 🧹 Bu sohbeti temizle
command-delete = Yanıtladığın mesajı sil
command-clear = Son sohbette yazdıklarını kaldır
