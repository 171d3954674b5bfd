//! English: how people ask to stop, to start again and for help.

use super::language::Language;

#[rustfmt::skip]
pub(super) const WORDS: Language = Language {
    stop_as_text: &[
        "cancel", "cancel all", "end", "end all", "quit", "quit all", "revoke", "remove", "discontinue", "halt",
        "cease", "no more", "go away", "get lost", "fuck off", "piss off", "reply stop", "text stop", "send stop",
        "reply stop to opt out", "reply stop to unsubscribe", "reply stop to end", "reply stop to stop",
        "dont disturb",
        // A required opt-out keyword of AWS End User Messaging.
        "td",
    ],
    stop_as_sentence: &[
        "stop", "stopall", "stop all", "stop it", "stop this", "stop that", "stop everything", "stop contact",
        "stop to end", "stop to opt out", "stop to unsubscribe", "stop 2 end", "quit it", "unsubscribe",
        "unsubscribe all", "optout", "optout all", "opt out", "opt out all", "dnc", "leave me alone",
        "leave us alone", "cease and desist", "get off my phone",
    ],
    start: &[
        "start", "startall", "start all", "start again", "start texting me again", "restart", "unstop", "un stop",
        "optin", "opt in", "opt me in", "opt me back in", "opt back in", "subscribe", "subscribe me",
        "subscribe me again", "resubscribe", "resubscribe me", "re subscribe",
    ],
    help: &["help", "helpp", "helpme", "help me", "help please", "help pls", "please help", "info"],
    polite: &[
        "please", "pls", "plz", "pleas", "kindly", "thanks", "thank you", "thank u", "thx", "tks", "ty", "tysm",
        "thanks so much", "many thanks",
    ],
    filler: &[
        "ok", "okay", "k", "hi", "hello", "hey", "yo", "no", "nope", "nah", "yes", "and", "just", "now",
        "right now", "immediately", "asap", "already", "again", "sorry", "sir", "maam", "guys", "you guys",
        "everyone", "bro", "dude", "man", "omg", "wtf", "seriously", "enough", "fucking", "damn", "can you",
        "can u", "could you", "would you", "will you", "you can", "you need to", "you must", "i said", "i say",
        "i want to", "i want you to", "i want this to", "i need you to", "i told you to", "i asked you to",
        "i would like to", "i d like to", "i wish to", "i have to ask you to", "anymore", "any more", "for good",
        "forever", "altogether", "completely", "at once", "not interested", "im not interested",
        "i m not interested", "wrong number",
    ],
    orders: &[
        // Stop texting me. Quit messaging. Stop calling and texting my phone.
        "<halt> <texting> <us>|my|our|this|these", "<halt> <texting> $",
        "<halt> <texting> <or> <texting>|<calling>", "<halt> <calling> <or> <texting>",
        "<halt> <texting> so much|often", "<halt> <texting> every|all",
        // Stop sending me these. Quit sending messages. Stop the texts. Cancel text alerts.
        "<halt> sending|send <us>* <any>* <message>",
        "<halt> sending <us>* this|these|those|that|it|stuff|crap|shit", "<halt> sending <us>* $",
        "<halt> <any>* <message>", "cancel|end <any>* <message>",
        "cancel|end <any>* subscription to <any>* <message>", "turn off|disable <any>* <texts>",
        "turn <any>* <texts> off", "turn off|disable the|all? text|sms notifications|alerts",
        "make <any>* <message> stop", "<halt>|knock it off? with|w <any>* <message>",
        "<halt> all? contact", "<halt> blowing me|my|up",
        // Don't text me. Never contact this number again. Do not call or text.
        "<never> ever* <text> <us>", "<never> ever* <text> my|our|this|these <device>",
        "<never> ever* text|txt|message|contact|sms $", "<never> ever* <text> <or> <text>|<ring>",
        "<never> ever* <ring> <text> <or> <ring>|<text>", "<never> ever* <ring> <or> <text>",
        "<never> ever* send <us>* <any>* <message>", "<never> ever* send <us>* anything|this|these|stuff|shit",
        "dont|dnt ever* <text> me|us? back", "<never> ever* hit me|us up", "not to <text> <us>",
        "can|could|would|please you|u? not <text> me|us|this",
        // No more messages. No texts, please. Enough with the texts.
        "no more|further <any>* <message>|texting|messaging|contact",
        "no texts|txts|messages|msgs|texting|sms|spam $", "enough with|of <any>* <message>",
        // Take me off your list. Remove my number. Get me off this. Lose my number.
        "<remove> <my>? <device>? <me>|him|her|them off|from|of|out of? <any>* <list>",
        "<remove> off|from <any>* <list>", "<remove> <my>? <device>? <me> off of? this|everything|it|$",
        "get me|us off|out of? <any>* <list>", "get me|us off this $", "remove|delete|unlist me|us $",
        "<lose> <my> <device>? number|info|information|contact|digits", "block me|us $",
        "leave me|us alone and|or|already|please|you|$",
    ],
    wishes: &[
        "unsubscribe", "optout", "opt me|us out", "opt out me|us", "opt|opting out $",
        "opt|opting out of|from <any>* <message>|this|these|everything|all", "opt out today|immediately|and|or",
        "already|have opted out $", "already unsubscribed",
        // I don't want to get these texts. No longer wish to be contacted. I never consented.
        "<unwilling> <want>|care to? be <texted>", "<unwilling> <want>|care to hear from",
        "<unwilling> agree|agreed|ask|asked to|for <any>* <message>",
        "<unwilling> <want> to? <receive> <any>* <message>|anything|these|this",
        "<unwilling> <want> <any>* <message>",
        "<unwilling> <want> you|u|yall|anyone|anybody people|guys? to|<texting> <text>|me|us",
        "<unwilling> <want> to be on <any>* <list>", "not interested in <receive> <any>* <message>",
        "if you|u|yall stopped <texting>", "mind not <texting>", "report|sue|block you|u if you|u <text> me|us",
        "rather|prefer not to? <receive> <any>* <message>", "rather|prefer not to? be <texted>",
        "<unwilling> consent|consented", "<revoke> <any>* consent|permission", "<revoke> any and all consent",
        "dont call|text|contact|disturb list|registry", "dnc list",
        // I want these texts to stop. These messages need to stop. I'd like to be removed from your list.
        "want|need|like|wish it|this|these|those|the|your|all <any>* <message>? to stop $",
        "<message> need|needs|must|has|have to? stop $", "want|wanted off <any>* <list>",
        "be removed|unsubscribed $", "be removed from|off <any>* <list>", "be taken off <any>* <list>",
    ],
    calls: &[
        "<halt> <calling> <us>|my|our|this", "<halt> <calling> $", "<never> ever* <ring> <us>",
        "<never> ever* <ring> my|our|this <device>", "<never> ever* <ring> <or> <ring>", "<never> ever* <ring> $",
        "i? <unwilling> <want> to? be called|phoned|emailed", "no more calls|calling|emails",
        "<halt> the|all|these|your calls|calling|emails|mails",
    ],
    instead: &[
        "text me", "txt me", "just text", "text only", "only text", "by text", "via text", "text is",
        "text instead", "texting", "message me", "email me", "email instead", "by email", "instead", "rather",
        "prefer",
    ],
    lists: &[
        ("halt", &["stop", "quit", "cease", "discontinue", "halt", "stopping"]),
        ("texting", &[
            "texting", "txting", "texing", "textin", "txtn", "textn", "messaging", "msging", "messageing",
            "contacting", "writing", "spamming", "bothering", "bugging", "harassing", "harrassing", "annoying",
            "pestering", "pinging", "soliciting", "disturbing", "stalking", "hounding",
        ]),
        ("calling", &["calling", "phoning", "ringing", "emailing", "mailing"]),
        ("text", &[
            "text", "txt", "message", "msg", "contact", "write", "bother", "spam", "sms", "harass", "bug",
            "disturb", "annoy", "solicit", "dm", "ping",
        ]),
        ("ring", &["call", "phone", "ring", "email"]),
        ("never", &["dont", "never", "dnt", "donot"]),
        ("unwilling", &["dont", "longer", "not", "never", "didnt", "dnt"]),
        ("want", &["want", "wish", "wanna", "need", "desire"]),
        ("receive", &["receive", "recieve", "receiving", "get", "getting"]),
        ("texted", &[
            "texted", "contacted", "messaged", "bothered", "spammed", "disturbed", "solicited",
        ]),
        ("or", &["or", "and", "nor"]),
        ("us", &["me", "us", "anymore", "again", "ever", "him", "her", "people", "immediately"]),
        ("any", &[
            "any", "anymore", "more", "all", "the", "these", "this", "those", "your", "ur", "such", "further",
            "future", "other", "annoying", "stupid", "damn", "fucking", "unwanted", "text", "sms", "marketing",
            "promotional", "automated", "with", "w", "my", "our", "daily", "spam", "receiving", "getting",
            "every", "mailing", "texting", "group", "notification",
        ]),
        ("message", &[
            "texts", "txts", "text", "messages", "message", "messeges", "msgs", "msg", "sms", "notifications",
            "alerts", "spam", "spamming", "promos", "promotions", "marketing", "communications",
            "communication", "ads", "advertisements", "solicitations", "reminders", "newsletters",
        ]),
        ("texts", &["texts", "messages", "msgs", "sms"]),
        ("list", &[
            "list", "lists", "database", "system", "contacts", "contact", "mailing", "distribution", "chat",
            "thread", "group", "texts", "messages", "text", "crm", "records", "everything",
        ]),
        ("remove", &["remove", "take", "delete", "drop", "scratch", "pull", "erase"]),
        ("me", &["me", "us", "number", "name", "phone", "cell", "info", "contact", "myself"]),
        ("my", &["my", "our", "this"]),
        ("device", &["cell", "phone", "mobile", "number", "line", "telephone"]),
        ("lose", &["remove", "delete", "lose", "loose", "erase", "forget", "block"]),
        ("revoke", &["revoke", "revoking", "withdraw", "withdrawing", "rescind"]),
    ],
    negators: &["dont", "not", "never", "didnt", "wouldnt", "shouldnt", "doesnt", "dnt"],
    after_negator: &[
        "to", "ever", "just", "want", "wanna", "wish", "mean", "say", "said", "need", "going", "trying", "for",
    ],
    narrators: &[
        "i", "we", "he", "she", "they", "who", "you", "u", "ll", "got", "get", "have", "had", "received", "see",
        "were", "was", "are", "s", "is", "still", "does", "did", "why",
    ],
    askers: &[
        "can", "could", "would", "will", "wont", "dont", "please", "that", "need", "want", "told", "tell", "asked",
        "ask", "thank", "love", "how", "do", "may", "should",
    ],
    limits: &[
        "at", "before", "after", "until", "till", "til", "today", "tonight", "tomorrow", "while", "when", "during",
        "if", "unless", "so late", "so early", "this late", "this early", "late", "yet", "for now", "for a", "on",
        "in the", "this week", "this weekend", "this morning", "this afternoon", "this evening", "past", "between",
        "later", "and driving", "and drive", "back", "price", "prices", "from xm", "from sirius", "from siriusxm",
        "from onstar", "from my",
    ],
    limits_of_a_ban: &["now", "right now"],
    no_limits: &[
        "at all", "at this number", "at my number", "on this number", "on my", "at once", "until i ask",
        "until further",
    ],
};
