//! The small words of each language, and words of the trade, in lower case.

pub(super) const ENGLISH: &[&str] = &[
    "the", "a", "an", "is", "are", "was", "were", "be", "been", "am", "i", "you", "we", "it", "he", "she", "they", "me",
    "us", "them", "my", "your", "our", "their", "its", "this", "that", "these", "those", "there", "here", "and", "or",
    "but", "if", "so", "of", "to", "in", "on", "at", "for", "with", "by", "from", "as", "than", "not", "no", "yes", "do",
    "does", "did", "have", "has", "had", "can", "could", "will", "would", "shall", "should", "may", "what", "which",
    "when", "where", "who", "how", "why", "any", "some", "all", "both", "one", "two", "three", "just", "still", "only",
    "more", "less", "about", "up", "out", "now", "then", "too", "also", "s", "t", "re", "ll", "ve", "d", "m", "hi",
    "hello", "hey", "thanks", "thank", "please", "sorry", "sure", "great", "today", "tomorrow", "like", "want", "need",
    "let", "know", "see", "come", "get", "miles", "price", "stock", "used", "new", "automatic", "car", "cars", "truck",
    "trucks", "available", "open", "closed", "time", "day", "test", "drive", "appointment", "help", "good", "after",
    "before", "until", "between", "each", "under", "over", "per", "off", "number", "cheap", "u", "r", "ur", "gotta",
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "morning", "afternoon", "noon",
    "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen",
    "seventeen", "eighteen", "nineteen", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
    "hundred", "thousand", "dollars", "white", "black", "red", "blue", "silver", "grey", "gray", "seats", "mpg", "owner", "warranty", "reply",
];

pub(super) const SPANISH: &[&str] = &[
    "el", "la", "los", "las", "un", "una", "unos", "unas", "lo", "le", "les", "se", "me", "te", "nos", "su", "sus", "mi",
    "mis", "tu", "tus", "es", "son", "está", "esta", "están", "estan", "este", "esto", "estos", "estas", "ese", "esa",
    "eso", "ser", "estar", "hay", "y", "o", "u", "pero", "si", "sí", "no", "de", "del", "al", "a", "en", "con", "sin",
    "por", "para", "que", "qué", "como", "cómo", "cuando", "cuándo", "cuanto", "cuánto", "cuanta", "cuánta", "cuantos",
    "donde", "dónde", "cual", "cuál", "quien", "quién", "muy", "más", "mas", "menos", "ya", "aún", "todavía", "todavia",
    "también", "tambien", "tengo", "tiene", "tienen", "tienes", "tenemos", "puedo", "puede", "pueden", "puedes",
    "podemos", "quiero", "quiere", "quisiera", "busco", "necesito", "cuesta", "cuestan", "vale", "soy", "estoy", "usted",
    "ustedes", "yo", "él", "ella", "ellos", "hola", "gracias", "buenos", "buenas", "días", "dias", "tardes", "noches",
    "favor", "claro", "listo", "hoy", "mañana", "ayer", "cita", "precio", "millas", "camioneta", "camionetas", "carro",
    "carros", "coche", "coches", "auto", "autos", "disponible", "disponibles", "abierto", "cerrado", "hora", "horas",
    "día", "dia", "tarde", "mañanas", "ayuda", "lunes", "martes", "miércoles", "miercoles", "jueves", "viernes",
    "sábado", "sabado", "domingo", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once",
    "doce", "quince", "veinte", "treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa", "cien",
    "cientos", "quinientos", "setecientos", "novecientos", "mil", "dólares", "media", "hasta", "desde", "entre", "sobre", "cada", "otro", "otra", "solo",
    "sólo", "quedó", "queda", "gustaría", "gustaria", "manejo", "prueba", "nuestro", "nuestra", "nuestros", "alto",
    "baja", "parar", "cancelar", "verla", "verlo", "nuevo", "usado", "enganche", "pagos", "ese", "vengo", "voy", "ir",
    "abren", "cierran", "dame", "tenés", "tenes", "venden", "compro", "he", "ha", "fue", "era", "asistente", "responda", "detener", "salir", "comenzar", "empezar", "puedo", "ayudar",
];

pub(super) const FRENCH: &[&str] = &[
    "le", "la", "les", "l", "un", "une", "des", "du", "de", "d", "au", "aux", "et", "ou", "où", "mais", "si", "ne", "n",
    "pas", "plus", "moins", "que", "qu", "qui", "quoi", "quel", "quelle", "quels", "quelles", "je", "j", "tu", "il",
    "elle", "on", "nous", "vous", "ils", "elles", "me", "m", "te", "t", "se", "s", "lui", "leur", "mon", "ma", "mes",
    "ton", "ta", "tes", "son", "sa", "ses", "notre", "nos", "votre", "vos", "ce", "c", "cet", "cette", "ces", "cela",
    "ça", "est", "sont", "suis", "êtes", "etes", "sommes", "était", "ai", "as", "a", "avez", "avons", "ont", "être",
    "avoir", "à", "en", "dans", "sur", "sous", "avec", "sans", "pour", "par", "chez", "y", "très", "tres", "bien",
    "aussi", "encore", "toujours", "déjà", "deja", "bonjour", "bonsoir", "salut", "merci", "oui", "non", "combien",
    "quand", "comment", "pourquoi", "voulez", "veux", "voudrais", "peux", "pouvez", "pouvons", "puis", "cherche",
    "cherchez", "coûte", "coute", "prix", "miles", "milles", "voiture", "voitures", "véhicule", "véhicules", "camion",
    "disponible", "disponibles", "ouvert", "ouverts", "fermé", "fermés", "heure", "heures", "jour", "matin", "midi",
    "demain", "hier", "rendez", "essai", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche", "deux",
    "trois", "quatre", "cinq", "sept", "huit", "neuf", "dix", "onze", "douze", "quinze", "vingt", "trente", "quarante",
    "cinquante", "soixante", "cent", "cents", "mille", "dollars", "jusqu", "entre", "autre", "autres", "convient", "plaît", "plait", "svp", "aide", "arrêt", "arret", "d'accord",
    "ici", "là", "fait", "faire", "voir", "venir", "reprise", "mensualité", "occasion", "neuf", "neuve", "désolé",
    "désolée", "répondez", "arrêter", "arreter", "recommencer", "assistante", "hybrides", "hybride",
];

/// Small words of languages that are none of ours, one list each; what is also one of our words is left out.
pub(super) const FOREIGN: &[&[&str]] = &[
    // German
    &[
        "der", "die", "das", "den", "dem", "ein", "eine", "einen", "einem", "und", "oder", "aber", "ist", "sind", "ich",
        "sie", "wir", "ihr", "ihnen", "ihre", "uns", "unser", "nicht", "kein", "keine", "mit", "für", "fur", "auf", "von",
        "zu", "zum", "zur", "im", "am", "um", "bei", "nach", "haben", "hat", "habe", "wie", "wann", "wo", "was", "denn",
        "heute", "morgen", "noch", "auch", "gerne", "bitte", "danke", "guten", "tag", "uhr", "wird", "kann", "können",
        "möchten", "welches", "dieses", "diese", "kostet", "viel", "gibt", "es", "sich", "ja", "nein",
    ],
    // Portuguese
    &[
        "não", "nao", "você", "voce", "vocês", "temos", "tem", "têm", "são", "um", "uma", "em", "com", "ao", "do", "da",
        "dos", "das", "na", "nas", "no", "nos", "mais", "seu", "sua", "nós", "isso", "já", "até", "foi", "muito", "bom",
        "obrigado", "obrigada", "gostaria", "quer", "pode", "por", "para", "que", "o", "os", "às", "custa", "quanto",
        "olá", "ola", "amanhã", "hoje", "carro", "carros", "preço", "agendar", "visita", "está", "ou",
    ],
    // Italian
    &[
        "il", "lo", "gli", "di", "che", "non", "per", "una", "uno", "sono", "è", "abbiamo", "avete", "della", "dello",
        "dei", "delle", "del", "alla", "alle", "anche", "più", "vuole", "questo", "questa", "suo", "sua", "grazie",
        "può", "posso", "lei", "nostro", "nostra", "con", "domani", "oggi", "quanto", "costa", "auto", "ciao",
        "buongiorno", "un", "appuntamento", "da", "siamo", "fino",
    ],
    // Dutch
    &[
        "het", "een", "wij", "jij", "u", "uw", "ons", "onze", "niet", "geen", "met", "voor", "van", "op", "naar", "bij",
        "hebben", "heeft", "heb", "zijn", "deze", "dit", "dat", "wilt", "kunt", "maar", "ook", "nog", "en", "of", "voorraad",
        "afspraak", "maken", "morgen", "graag", "hoe", "wat", "waar", "wanneer", "kost", "prijs",
    ],
    // Polish
    &[
        "nie", "tak", "jest", "są", "mamy", "ten", "ta", "to", "na", "się", "czy", "pan", "pani", "dla", "jak", "ile",
        "kosztuje", "dzień", "dobry", "proszę", "dziękuję", "jutro", "samochód", "ma", "ale", "już",
    ],
    // Romanian
    &[
        "nu", "este", "sunt", "avem", "aveți", "pentru", "și", "sau", "cu", "la", "din", "pe", "să", "mașina", "mașină",
        "mâine", "bună", "ziua", "vă", "cât", "costă", "doriți", "această",
    ],
    // Tagalog
    &[
        "ang", "ng", "mga", "sa", "na", "ay", "po", "kami", "kaming", "kayo", "ninyo", "ninyong", "ito", "mayroon",
        "wala", "hindi", "magkano", "bukas", "sasakyan", "puwede", "pwede", "salamat", "umaga", "opo", "ko", "mo",
    ],
    // Vietnamese
    &[
        "chúng", "tôi", "có", "không", "xe", "này", "anh", "chị", "bạn", "là", "và", "của", "cho", "muốn", "xem", "giá",
        "bao", "nhiêu", "được", "một", "chiếc", "ngày", "mai", "cảm", "ơn", "xin", "chào",
    ],
    // Indonesian and Malay
    &[
        "kami", "anda", "ini", "itu", "yang", "dan", "dengan", "untuk", "tidak", "ada", "apa", "berapa", "harga",
        "mobil", "besok", "terima", "kasih", "bisa", "akan", "sudah",
    ],
    // Swedish, Danish and Norwegian
    &[
        "och", "att", "det", "är", "vi", "ni", "du", "jag", "har", "inte", "för", "til", "till", "på", "ett", "som", "kan",
        "bil", "bilen", "hej", "tack", "takk", "ikke", "jeg", "eller", "vill", "vil", "imorgon", "pris", "er", "og",
    ],
    // Turkish
    &["ve", "bir", "bu", "için", "var", "mı", "mi", "ne", "kadar", "araba", "yarın", "teşekkürler", "merhaba", "evet", "hayır"],
    // Haitian Creole
    &["mwen", "nou", "ou", "li", "yo", "pa", "gen", "machin", "konbyen", "mèsi", "bonjou", "ki", "sa", "ap", "nan", "pou"],
];
