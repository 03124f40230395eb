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

    Las respuestas y las ediciones también funcionan. Sé amable, por favor, y no cuentes de ti nada que un desconocido no deba saber.
searching = 🔎 Te estoy buscando a alguien…
already-searching = 🔎 Sigo buscando. ¡Un poco de paciencia!
already-chatting = 💬 Ya estás en una charla. /next busca otra, /stop termina esta.
found = 🎉 ¡Ya tienes con quién charlar! Saluda.
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
not-copyable =
    { $why ->
        [refused] La otra persona no acepta { $kind ->
            [voice] mensajes de voz
            [video_note] mensajes de vídeo
           *[other] mensajes de este tipo
        }, así que no se ha entregado.
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

delete-which = Para borrar un mensaje para los dos, respóndele con /delete. Lo que escribió la otra persona desaparece solo para ti.
copied-anew =
    { $kind ->
        [dice] 🎲 El dado se lanza de nuevo para la otra persona, así que quizá vea otro número.
        [poll] 📊 La otra persona recibe una encuesta propia: en ella no veis el voto del otro.
       *[location] 📍 La otra persona ve el lugar donde estás ahora; no se mueve contigo.
    }
album-in-part = Una parte de este álbum no se pudo entregar.
cleared = 🧹 Listo. Lo que escribiste en esa charla ha desaparecido para los dos, y para ti también los mensajes de la otra persona. Solo queda lo que tiene más de 48 horas: Telegram no me deja borrarlo.
clear-nothing = No hay nada que limpiar: no encuentro ninguna charla tuya terminada en las últimas 48 horas.
clear-later = Ahora mismo no puedo encontrar esa charla. Inténtalo de nuevo dentro de un minuto, por favor.
button-clear = 🧹 Limpiar esta charla
command-delete = Borrar el mensaje al que respondes
command-clear = Quitar lo que escribiste en la última charla
