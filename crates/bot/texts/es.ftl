### Lo que dice el bot en español.

welcome =
    👋 ¡Te damos la bienvenida a Hamdam! Aquí charlas a solas con alguien desconocido y ninguno sabe quién es el otro.
    Pulsa el botón y te busco a alguien.
help =
    Hamdam reúne a dos desconocidos para charlar. Escribe, envía fotos, notas de voz, stickers: todo le llega sin tu nombre.

    /search: buscar a alguien
    /next: dejar esta charla y buscar otra
    /stop: terminar la charla o la búsqueda
    /settings: contar quién eres y a quién quieres conocer
    /profile: lo que sé de ti
    /help: este mensaje

    Las respuestas, las ediciones y las reacciones también funcionan. Para retirar un mensaje, respóndele con /delete; una charla terminada la limpia /clear. Sé amable, por favor, y no cuentes de ti nada que un desconocido no deba saber.
searching = 🔎 Te estoy buscando a alguien…
already-searching = 🔎 Sigo buscando. ¡Un poco de paciencia!
already-chatting = 💬 Ya estás en una charla. /next busca otra, /stop termina esta.
found = 🎉 ¡Ya tienes con quién charlar! Saluda.
room-back = 🔄 Algo falló aquí y se perdieron los últimos momentos. Estás otra vez en tu charla, con la misma persona. Si algo no le ha llegado, escríbelo de nuevo.
search-cancelled = He parado la búsqueda. Aquí estoy cuando quieras.
partner-left = 👋 La otra persona ha dejado la charla.
you-left = Has dejado la charla.
you-left-searching = Has dejado la charla. 🔎 Te busco a alguien nuevo…
room-closed = Esta charla ha terminado. ¿Te busco a alguien nuevo?
nothing-to-stop = Ahora mismo no hay nada que parar.
nobody-listens = Todavía no te oye nadie. ¿Te busco a alguien?
still-searching = 🔎 Sigo buscando, así que este mensaje no le ha llegado a nadie.
too-early = ⏳ Escribiste esto antes de que empezara tu nueva charla, así que no le ha llegado a nadie.
slow-down = 🐢 Demasiado rápido: este mensaje no se ha entregado. Dale un momento a la otra persona.
busy = Hay tanta gente ahora que no puedo empezar nada nuevo. Inténtalo de nuevo en un minuto.
maintenance = 🛠 Estamos arreglando algo en este momento, así que esto no ha llegado a nadie y no empieza ninguna búsqueda. Vuelve dentro de un rato, por favor.
not-copyable =
    { $why ->
        [refused] La otra persona no acepta { $kind ->
            [voice] mensajes de voz
            [video_note] mensajes de vídeo
           *[other] mensajes de este tipo
        }, así que no se ha entregado.
        [across] La otra persona usa otro de nuestros bots, y { $kind ->
            [poll] las encuestas no pueden
            [dice] los dados no pueden
            [game] los juegos no pueden
           *[other] los mensajes de este tipo no pueden
        } pasar de un bot a otro. No se ha entregado.
        [large] La otra persona usa otro de nuestros bots, y los archivos de más de 20 MB no pueden pasar de un bot a otro. No se ha entregado.
        [failed] Este mensaje no ha llegado al bot de la otra persona. Vuelve a enviarlo, por favor.
       *[impossible] { $kind ->
            [paid_media] El contenido de pago no se puede pasar
            [giveaway] Los sorteos no se pueden pasar
            [invoice] Las facturas no se pueden pasar
            [story] Las historias no se pueden pasar
            [poll] Esta encuesta no se puede pasar
            [service] Esto solo lo ves tú; la otra persona no
           *[other] Este mensaje no se ha podido pasar
        }.
    }
other-bot =
    { $name ->
        [none] Tu charla sigue en otro de nuestros bots. Continúa allí o termínala aquí con /stop.
       *[other] Tu charla sigue en @{ $name }. Continúa allí o termínala aquí con /stop.
    }
unknown-command = No conozco esa orden. /help muestra lo que sé hacer.
banned = Por denuncias sobre tus charlas no puedes buscar hasta el { $until } (UTC).

button-search = 🔎 Buscar a alguien
button-again = 🔎 Buscar a alguien nuevo
button-next = ⏭ Siguiente
button-stop = ⏹ Terminar
button-cancel = ✖ Cancelar la búsqueda
button-help = ❓ Ayuda

toast-over = Eso ya terminó.

command-search = Buscar a alguien
command-next = Dejar esta y buscar otra
command-stop = Terminar la charla o la búsqueda
command-help = Cómo funciona
command-settings = Sobre ti y a quién quieres conocer
command-profile = Lo que sé de ti

bot-name = Hamdam: chat anónimo
bot-description =
    👋 Charla a solas con alguien desconocido, sin que ninguno sepa quién es el otro.
    Pulsa Iniciar y te busco a alguien.
bot-short-description = Chat anónimo a solas con desconocidos. Gratis, amable, y nadie sabe quién eres.

rules =
    🔞 Antes de empezar:

    Debes tener al menos 18 años. Sé amable. Nada de acoso, amenazas, cosas ilegales ni publicidad. No cuentes de ti nada que un desconocido no deba saber.

    Al seguir dices que tienes esa edad y que lo respetarás.

search-goes-on = 🔎 Sigo buscándote a alguien.
search-widened = 🌍 Ahora busco con toda la amplitud que permiten tus ajustes.
search-given-up = 😴 He buscado mucho rato, pero ahora no hay nadie adecuado, así que he parado. ¿Sigo? También ayuda ampliar tus deseos en los ajustes.
trying-reach = Cercanía, por ahora: { $value }
trying-ages = Edad, por ahora: { $value }
trying-any-language = Por ahora no exijo un idioma en común.
trying-any-gender = Por ahora no exijo el género, como permitiste.
wait-unknown = Todavía no puedo decir cuánto tardará.
wait-moment = La mitad de búsquedas como la tuya acaba en menos de un minuto desde aquí.
wait-minutes =
    { $minutes ->
        [one] La mitad de búsquedas como la tuya acaba en { $minutes } minuto desde aquí.
        [many] La mitad de búsquedas como la tuya acaba en { $minutes } de minutos desde aquí.
       *[other] La mitad de búsquedas como la tuya acaba en { $minutes } minutos desde aquí.
    }

panel-home = ⚙️ Tus ajustes
panel-hint = Toca lo que quieras cambiar. Tú decides qué cuentas.
panel-profile = 👤 Lo que sé de ti
required = ☝️ Una cosa antes de empezar:
ask-later = Estás en una charla, así que todo lo que escribes le llega a la otra persona. Para responder escribiendo, vuelve después.
ask-gender = ¿Cuál es tu género?
ask-age = ¿Cuántos años tienes? Escríbeme un número del { $least } al { $most }.
ask-languages = ¿Qué idiomas hablas? Elige hasta { $most }.
ask-place = ¿Dónde estás? Escríbeme tu ciudad o país, o comparte tu ubicación con 📎. Solo la guardo con un kilómetro de precisión, y nadie la ve nunca.
ask-place-which = ¿Cuál quieres decir?
ask-interests = ¿De qué te gusta hablar? Elige hasta { $most }, o escríbelos separados por comas.
ask-wanted = ¿A quién te gustaría conocer?
ask-ages = ¿Qué edad debería tener? Elige, o escribe un intervalo como 20-30, del { $least } al { $most }.
ask-reach = ¿Cómo de cerca debería estar?
ask-reach-placeless = Dime primero dónde estás y podré buscar cerca.
ask-yields = Si durante un rato no aparece nadie adecuado, ¿puedo ceder en esto?

line-gender = Género: { $value }
line-age = Edad: { $value }
line-place = Lugar: { $value }
line-languages = Idiomas: { $value }
line-interests = Intereses: { $value }
line-wanted = Busco: { $value }
line-ages = Su edad: { $value }
line-reach = Cercanía: { $value }
line-yields = Puedo ceder en: { $value }
line-protected = Charlas protegidas: { $value }
line-same-language = Solo con un idioma en común
not-said = sin decir
nothing = nada
on = sí
off = no
comma = {", "}
number = { $n }
gender-female = Mujer
gender-male = Hombre
gender-other = Otro
wanted-female = Mujeres
wanted-male = Hombres
wanted-other = Otros
wanted-all = Cualquiera
ages-any = cualquier edad
ages-between = de { $from } a { $to }
reach-anywhere = En cualquier lugar
reach-country = En mi país
reach-city = En mi ciudad
reach-within = A menos de { $km } km
place-shared = una ubicación compartida
yield-gender = Género
yield-age = Edad

refused-age = No puedo aceptar esa edad. Escribe un número del { $least } al { $most }, por ejemplo 25.
refused-ages = No entiendo ese intervalo. Escribe dos edades del { $least } al { $most }, por ejemplo 20-30.
refused-upside-down = De { $from } a { $to } está al revés. Pon primero la edad menor, por ejemplo { $to }-{ $from }.
refused-place = No conozco ese lugar. Prueba con la ciudad grande más cercana o tu país, en cualquiera de mis idiomas, o comparte tu ubicación con 📎.
refused-no-place = Dime primero dónde estás; para «en mi ciudad» necesito tu ciudad.
refused-too-many-interests =
    { $given ->
        [one] { $given } interés es demasiado; el máximo es { $most }.
        [many] { $given } de intereses son demasiados; el máximo es { $most }.
       *[other] { $given } intereses son demasiados; el máximo es { $most }.
    }
refused-too-many-languages = El máximo son { $most } idiomas. Quita uno primero.
refused-interests = Algunos no los conozco. Elige con los botones, o escribe sus nombres separados por comas.

button-settings = ⚙️ Ajustes
button-back = ⬅️ Atrás
button-rather-not = Prefiero no decirlo
button-gender = 👤 Género
button-age = 🎂 Edad
button-place = 📍 Lugar
button-languages = 🗣 Idiomas
button-interests = ⭐ Intereses
button-wanted = 💞 A quién conocer
button-ages = 🎈 Su edad
button-reach = 🧭 Cercanía
button-yields = 🤝 En qué puedo ceder
button-protect = 🔒 Activar charlas protegidas
button-unprotect = 🔓 Desactivar charlas protegidas
button-same-language = Solo con un idioma en común
button-agree = ✅ Tengo 18 años y acepto
button-widen = 🌍 Buscar más ampliamente
button-go-on = 🔎 Seguir buscando

## Safety

you-blocked = 🚫 Has dejado el chat y no volveréis a encontraros.
blocked = 🚫 Hecho: no volveréis a encontraros.
nobody-to-block = Ahora no hay a quién bloquear. En un chat, o hasta una hora después, /block hace que no vuelvas a encontrar a esa persona.
button-block = 🚫 Nunca más
command-block = Salir y no volver a ver a esta persona
banned-for-ever = Por las denuncias sobre tus chats ya no puedes buscar aquí.
muted = 🔇 Por las denuncias, nada de lo que escribas llegará a nadie hasta el { $until } (UTC).
warned = ⚠️ Alguien con quien hablaste te denunció y nuestros moderadores le dan la razón. Sé amable, por favor; la próxima vez quizá no puedas entrar.
forgiven = 🕊 Se ha levantado una de tus restricciones. ¡Hola de nuevo!
nobody-to-report = Ahora no hay a quién denunciar. En un chat, o hasta una hora después, /report avisa a nuestros moderadores. Si respondes a un mensaje, trata de ese mensaje.
report-why = 🚩 ¿Qué ocurre? Nuestros moderadores verán los últimos mensajes que recibiste; la otra persona no se enterará.
report-why-message = 🚩 ¿Qué ocurre con este mensaje? Nuestros moderadores lo verán; la otra persona no se enterará.
reported = 🙏 Gracias. Nuestros moderadores lo mirarán. Si no quieres volver a encontrar a esta persona, pulsa el botón.
reason-spam = 📢 Publicidad
reason-insult = 🤬 Insultos
reason-sex = 🔞 Contenido sexual
reason-minor = 🧒 Menor de edad
reason-threat = ⚠️ Amenazas o fraude
reason-other = 💬 Otra cosa
button-report = 🚩 Denunciar
command-report = Avisar a los moderadores
case =
    🚩 Caso { $case }
    { $about ->
        [message] Sobre un mensaje
       *[chat] Sobre una conversación
    }: { $reason ->
        [spam] publicidad
        [insult] insultos
        [sex] contenido sexual
        [minor] menor de edad
        [threat] amenazas o fraude
       *[other] otra cosa
    }
case-decided =
    { $verdict ->
        [dismiss] ✅ Desestimado
        [warn] ⚠️ Advertencia
        [mute] 🔇 Silenciado un día
        [ban1] ⛔ Expulsado un día
        [ban7] ⛔ Expulsado una semana
        [ban0] ⛔ Expulsado para siempre
       *[other] ⛔ Expulsado
    }
button-dismiss = ✅ Desestimar
button-warn = ⚠️ Advertir
button-mute = 🔇 Silenciar un día
button-ban-day = ⛔ Expulsar un día
button-ban-week = ⛔ Expulsar una semana
button-ban-for-ever = ⛔ Expulsar para siempre
button-undo = ↩️ Deshacer
button-who = 🆔 ¿Quién es?
toast-decided = Hecho.
toast-decided-before = Alguien ya lo decidió.
toast-not-for-you = Solo los administradores pueden preguntarlo.

### Who goes about things too fast.

flooded =
    { $seconds ->
        [one] 🐢 Estás enviando muchísimo de golpe. Esto no le llegó a nadie, y tampoco llegará lo que envíes durante { $seconds } segundo. Respira y luego sigue.
       *[other] 🐢 Estás enviando muchísimo de golpe. Esto no le llegó a nadie, y tampoco llegará lo que envíes durante { $seconds } segundos. Respira y luego sigue.
    }
not-so-fast =
    { $seconds ->
        [one] ⏳ Has dejado varias charlas al instante. Podrás buscar a alguien nuevo dentro de { $seconds } segundo. ¡Dar un poco más de tiempo a la gente vale la pena!
       *[other] ⏳ Has dejado varias charlas al instante. Podrás buscar a alguien nuevo dentro de { $seconds } segundos. ¡Dar un poco más de tiempo a la gente vale la pena!
    }

### Words a house does not want and texts that go from room to room.

send-anyway-word = 🧐 Palabras así pueden herir, por eso esto aún no le ha llegado a nadie. ¿Lo envío de todos modos?
send-anyway-repeat = 🔁 Ya has escrito lo mismo a varias personas y parece publicidad. Por eso aún no le ha llegado a nadie. ¿Lo envío de todos modos?
held-back-word = 🛡 Palabras así no se transmiten aquí, por eso esto no le ha llegado a nadie.
held-back-repeat = 🔁 Ya has escrito lo mismo a muchas personas y parece publicidad. Por eso no le ha llegado a nadie. Dilo con otras palabras.
change-held-back-word = 🛡 Palabras así no se transmiten aquí, por eso la otra persona no ve este cambio.
change-held-back-repeat = 🔁 Ya has escrito lo mismo a muchas personas, por eso la otra persona no ve este cambio.

### A bot that has room.

elsewhere = Este bot tiene mucho que hacer ahora mismo y los mensajes pueden tardar. En @{ $name } hay sitio: allí están las mismas personas, y lo que me cuentas también se sabe allí.
button-elsewhere = ➡️ Buscar en @{ $name }

### A channel that is required.

join-first = 📣 Antes de buscar, únete por favor a nuestro canal @{ $name }. Luego vuelve y pulsa el segundo botón.
button-channel = 📣 Abrir el canal
button-joined = ✅ Ya me uní
toast-not-joined = Todavía no estás en el canal.

### Ratings by whoever was met.

button-good = 👍 Estuvo bien
button-bad = 👎 No estuvo bien
toast-good = 👍 Anotado, gracias. Durante una hora puedes cambiar de opinión.
toast-bad = 👎 Anotado, gracias. Durante una hora puedes cambiar de opinión.

### Mensajes que revelan algo de quien los escribe.

send-anyway =
    🕶 { $what ->
        [contact] Una tarjeta de contacto muestra quién es alguien
        [mention] Un nombre de Telegram lleva hasta alguien
        [phone] Un número de teléfono lleva hasta alguien
        [email] Un correo electrónico lleva hasta alguien
       *[link] Un enlace puede llevar hasta ti
    }, y la otra persona es una desconocida. Así que esto aún no le ha llegado a nadie. ¿Lo envío de todos modos?
held-back =
    🛡 { $whom ->
        [new] { $what ->
            [contact] Mientras lleves poco aquí no paso tarjetas de contacto
            [mention] Mientras lleves poco aquí no paso nombres de Telegram
            [phone] Mientras lleves poco aquí no paso números de teléfono
            [email] Mientras lleves poco aquí no paso correos electrónicos
           *[link] Mientras lleves poco aquí no paso enlaces
        }
       *[all] { $what ->
            [contact] Aquí no se pasan tarjetas de contacto
            [mention] Aquí no se pasan nombres de Telegram
            [phone] Aquí no se pasan números de teléfono
            [email] Aquí no se pasan correos electrónicos
           *[link] Aquí no se pasan enlaces
        }
    }, así que esto no le ha llegado a nadie.
change-held-back =
    🛡 { $what ->
        [contact] Una tarjeta de contacto
        [mention] Un nombre de Telegram
        [phone] Un número de teléfono
        [email] Un correo electrónico
       *[link] Un enlace
    } no se puede añadir después a un mensaje, así que la otra persona no ve este cambio. Puedes escribirlo en un mensaje nuevo.
sent-anyway = ✅ Enviado, como querías.
button-send-anyway = Enviarlo de todos modos

### Álbumes, reacciones y mensajes que se retiran.

album-in-part = Una parte de este álbum no se pudo entregar.
copied-anew =
    { $kind ->
        [dice] 🎲 El dado se lanza de nuevo para la otra persona, así que quizá vea otro número.
        [poll] 📊 La otra persona recibe una encuesta propia: en ella no veis el voto del otro.
       *[location] 📍 La otra persona ve el lugar donde estás ahora; no se mueve contigo.
    }
delete-which = Para borrar un mensaje para los dos, respóndele con /delete. Lo que escribió la otra persona desaparece solo para ti.
deleted-here = Esa charla ya terminó, así que el mensaje desapareció solo para ti. /clear retira para los dos lo que escribiste en ella.
cleared =
    { $sides ->
        [both] 🧹 Listo. Lo que escribiste en esa charla ha desaparecido para los dos, y para ti también los mensajes de la otra persona. Solo queda lo que tiene más de 48 horas: Telegram no me deja borrarlo.
       *[here] 🧹 Listo: tu lado de esa charla está limpio. Ya no sé con qué bot estaba allí la otra persona, así que lo que escribiste se queda con ella.
    }
clear-running = Esta charla aún sigue. Cuando termine, /clear retirará lo que escribiste en ella.
clear-nothing = No hay nada que limpiar: no encuentro ninguna charla tuya terminada en las últimas 48 horas.
clear-later = Ahora mismo no puedo encontrar esa charla. Inténtalo de nuevo dentro de un minuto, por favor.
button-clear = 🧹 Limpiar esta charla
command-delete = Borrar el mensaje al que respondes
command-clear = Quitar lo que escribiste en la última charla

### Premium.

premium =
    ⭐ Con premium tus búsquedas van primero: cada una cuenta como si hubiera empezado un poco antes.
    Para eso no se inventa a nadie: a quienes conoces son personas, igual que sin él.
premium-until = Tienes premium hasta el { $until } (UTC).
premium-over = Así que ya no tienes premium.
offer-days =
    { $days ->
        [one] { $days } día por { $stars } ⭐
       *[other] { $days } días por { $stars } ⭐
    }
offer-monthly = Cada mes por { $stars } ⭐
invoice-title = Premium
invoice-days =
    { $days ->
        [one] Durante { $days } día tus búsquedas van primero.
       *[other] Durante { $days } días tus búsquedas van primero.
    }
invoice-monthly = Tus búsquedas van primero. Se renueva cada mes, hasta que lo termines.
subscribe = 🔁 { $stars } ⭐ al mes. Telegram la renueva cada mes hasta que la termines, en los ajustes de Telegram, en «Mis Estrellas». Lo que ya has pagado es tuyo.
subscribe-later = Ahora mismo no puedo abrir la suscripción. Inténtalo de nuevo en un minuto.
paid = ⭐ ¡Gracias! Desde ahora tus búsquedas van primero.
paid-unclear = He recibido tu pago, pero no sé para qué es. Escríbenos, por favor: /paysupport
payment-returned = ↩️ Se te ha devuelto un pago.
pay-support =
    💬 Si algo va mal con un pago, acude a: { $contact }
    El soporte de Telegram no puede ayudarte con lo que se compra aquí.
terms =
    📄 Con premium tus búsquedas van primero. No promete encontrar a nadie, ni a nadie en especial, y las reglas son las mismas para todo el mundo.
    Pagas con Estrellas de Telegram a quien lleva este bot. Termina por sí solo el día que muestra /premium; una suscripción se renueva cada mes hasta que la termines en los ajustes de Telegram, en «Mis Estrellas».
    Si algo va mal con un pago: /paysupport
terms-own = Aquí vale además: { $own }
premium-lapsed = ⭐ Tu premium ha terminado, así que lo que deseabas con él está desactivado: /settings muestra lo que vale ahora, /premium lo recupera.
premium-wishes = Solo con premium: { $wishes }.
filter-near = buscar a menos de 5 o 10 km
filter-distance = una distancia en kilómetros
filter-city = buscar en tu ciudad
filter-gender = elegir por género
filter-ages = elegir por edad
filter-interests = más de tres intereses
refused-for-premium = ⭐ Esto viene con premium: /premium
declined-stale = Esta oferta ya no está. Escribe /premium para ver lo que hay ahora.
declined-banned = Ahora mismo no puedes buscar, así que no te vendo premium.
declined-busy = Ahora mismo no puedo aceptar un pago, y no se ha cobrado nada. Inténtalo de nuevo en un minuto.
command-premium = Que tus búsquedas vayan primero (de pago)
command-paysupport = Ayuda con los pagos
command-terms = Condiciones de premium

### El idioma del propio bot.

ask-texts = ¿En qué idioma te hablo?
texts-of-telegram = Como mi Telegram
button-texts = 🌐 Idioma del bot

### Enlaces que se cuentan.

command-invite = Tu propio enlace para amigos
invite = 💌 Tu propio enlace. Quien llega por él no sabe que es tuyo, y tú no sabes quién es: { $link }
invited =
    { $count ->
        [0] Aún no ha llegado nadie nuevo por él.
        [one] Ha llegado { $count } persona nueva por él.
       *[other] Han llegado { $count } personas nuevas por él.
    }
invite-nameless = 💌 Ahora mismo no puedo hacer un enlace. Inténtalo un poco más tarde.

### What is kept, and what people may ask for.

help-kept =
    🗂 Lo que guardo: tus ajustes, a quién bloqueaste y lo que los moderadores decidieron sobre ti. Durante { $days ->
        [one] { $days } día
       *[other] { $days } días
    } también con quién y cuándo hablaste, que se enviaron mensajes, y las denuncias.
help-no-evidence = Lo que escribes no se guarda.
help-evidence = Lo que escribes no se guarda, salvo el texto de un mensaje denunciado.
help-rights =
    /mydata: todo lo que guardo sobre ti, en un archivo
    /forgetme: que se borre todo
my-data = 🗂 En este archivo está todo lo que guardo sobre ti. Con quién hablaste no está: eso es cosa suya.
my-data-later = 🗂 Ahora mismo no puedo reunir tus datos. Pídemelo otra vez dentro de unos minutos.
command-mydata = Todo lo que guardo sobre ti
command-forgetme = Borrar todo lo que hay sobre ti
forget-me =
    🗑 ¿Quieres que te olvide? La charla o búsqueda en curso termina y se borra todo lo que guardo sobre ti: ajustes, bloqueos, tus charlas y tu enlace. No se puede deshacer.

    Si tienes una expulsión, sigue hasta que acabe; la guardo sin tu nombre. Los mensajes ya enviados se quedan en los chats de Telegram.
button-forget = 🗑 Sí, olvídame
button-keep = ↩️ No, que se quede todo
forgotten = 🗑 Te he olvidado. Si vuelves, empezamos de cero.
forgotten-ban-stays = 🗑 Te he olvidado, salvo la expulsión, que sigue hasta que acabe.
not-forgotten = ↩️ Lo dejo todo como está.

desk-fleet = 🛠 El sistema, ahora mismo
desk-users = Usuarios: { $value }
desk-chatting = Personas en chats: { $value }
desk-rooms = Chats: { $value }
desk-waiting = Personas que buscan: { $value }
desk-queued = Solicitudes en las colas: { $value }
desk-unsent = Por enviar: { $value }
desk-reports = Denuncias abiertas: { $value }
desk-broadcast = Última difusión: { $value }
desk-closed = ⛔ Cerrado por mantenimiento; los chats siguen.
desk-closed-rooms = ⛔ Cerrado por mantenimiento; los chats también descansan.
desk-hint =

    Para ver a alguien, envía /admin y su número. Para decir algo a muchos, responde a un mensaje con /broadcast.
desk-nobody = No se sabe nada de { $user }.
desk-person = 👤 { $user }
desk-stands =
    { $stands ->
        [idle] En ningún chat
        [waiting] Buscando
        [held] A punto de encontrar a alguien
        [chatting] En un chat
       *[away] Hace tiempo que no viene
    }
desk-language = Idioma: { $value }
desk-unreachable = No se le puede escribir
desk-banned = Expulsado hasta: { $value }
desk-muted = Silenciado hasta: { $value }
desk-reported = Denuncias: { $value }
desk-blocks = Ha bloqueado a: { $value }
desk-decision =
    { $verdict ->
        [dismiss] { $date }: nada que reprochar
        [warn] { $date }: advertencia
        [mute] { $date }: silencio por un día
        [undo] { $date }: expulsión y silencio levantados
        [ban1] { $date }: expulsión por un día
        [ban7] { $date }: expulsión por una semana
        [ban0] { $date }: expulsión para siempre
       *[ban] { $date }: expulsión
    }
desk-how-to-broadcast = Para decir algo a muchos, escríbelo aquí primero y luego responde a ese mensaje con /broadcast.
desk-compose = 📣 Así se verá. ¿A quién se lo envío?
desk-choose = 📣 Elige, por favor.
desk-all = Todos
desk-to-language = Idioma: { $value }
desk-to-bot = Bot: { $value }
desk-to-gender = Género: { $value }
desk-to-country = País: { $value }
desk-to-active = Vinieron en los últimos: { $value }
desk-days =
    { $days ->
        [one] { $days } día
       *[other] { $days } días
    }
desk-progress =
    { $stands ->
        [running] 📣 La difusión { $broadcast } está en marcha.
        [paused] 📣 La difusión { $broadcast } está en pausa.
        [stopping] 📣 La difusión { $broadcast } se está deteniendo.
        [cancelled] 📣 La difusión { $broadcast } se detuvo.
       *[over] 📣 La difusión { $broadcast } ha terminado.
    }
desk-sent = Enviados: { $value }
desk-queued-all = De: { $value }
desk-queued-so-far = En cola hasta ahora: { $value }
desk-missed = No se les pudo escribir: { $value }
desk-failed = No aceptados por Telegram: { $value }
desk-dropped = Descartados: { $value }
desk-no-broadcast = Ya no sé nada de esa difusión.
button-refresh = 🔄 Actualizar
button-broadcast = 📣 La difusión
button-open = ✅ Abrir de nuevo
button-close = ⛔ Cerrar
button-close-rooms = ⛔ Cerrar también los chats
button-to-language = Idioma
button-to-bot = Bot
button-to-gender = Género
button-to-country = País
button-to-active = Última visita
button-send = 📣 Enviar
button-pause = ⏸ Pausa
button-resume = ▶️ Seguir
button-cancel-broadcast = ⏹ Detener del todo
toast-busy = Hay otra difusión en marcha.
