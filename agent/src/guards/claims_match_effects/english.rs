//! English phrases that claim an effect.

use super::claims::{
    Claim::{
        Acted, Approved, Booked, Cancelled, Consulted, Erased, HandedOff, Held, InStock, NeverCloses, NotAvailable,
        ProfileUpdated, Recorded, Rescheduled, Sent, Sold,
    },
    Phrases,
    Voice::{Done, Promise, State},
};

/// What the words in braces stand for in the patterns.
pub(super) const ABBREVIATIONS: &[(&str, &str)] = &[
    // "I", "I've just", "we have already", with the space behind.
    (
        "{I}",
        r"\b(?:i|we)(?:'ve| have|'d)?(?:\s+(?:just|already|now|also|successfully|since|gone ahead and|went ahead and|officially|both))*\s+",
    ),
    ("{I'm}", r"\b(?:i'm|i am|we're|we are)(?:\s+(?:now|also|just))*\s+"),
    (
        "{I'll}",
        r"\b(?:i'll|i will|let me|i'm going to|we'll|we will)(?:\s+(?:go ahead and|just|now|also|then|gladly|happily|be sure to|make sure to|right away))*\s+",
    ),
    ("{now}", r"(?:\s+(?:all|now|already|officially|successfully|just|both|been|indeed|also|being))*"),
    ("{visit}", r"(?:appointment|test[ -]drive|visit|booking|reservation)"),
    ("{slot}", r"(?:appointment|test[ -]drive|visit|booking|reservation|slot|time|spot)"),
    (
        "{day}",
        r"(?:on |at |this |next |tomorrow|today|tonight|then\b|there\b|(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|tue|wed|thu|fri|sat|sun)\b|noon|@|\d)",
    ),
    ("{field}", r"(?:e-?mail|phone|number|name|address|contact\w*|profile|preferences?|preferred)"),
    ("{calendar}", r"(?:schedule|calendar|books|system|list)"),
];

/// Verbs after "I" that tell of reading, thinking or talking here, not of an act.
pub(super) const HARMLESS_VERBS: &str = "\
    found find checked check looked look searched seen saw see read listed mentioned said explained compared compare \
    noticed tried been had got gotten get heard understood learned shown showed given answered missed misunderstood \
    included pulled pull narrowed narrow gathered reviewed provided described thought hoped wanted needed apologized \
    meant liked enjoyed verified verify assumed believed figured worked spotted picked selected identified located \
    locate come gone run offered told asked repeated quoted calculated counted summarized outlined highlighted \
    suggested recommended appreciated received lost forgotten did used based started confirmed confirm shared ensured \
    realized referred wished loved indeed named then even often when open seven ten happen speed need proceed exceed \
    feed limited double-checked helped written spoken taken talked known matched sorted filtered estimated track";

/// Verbs after "I" for what tools do: to appointments, the customer's profile, leads and tickets.
pub(super) const TOOL_VERBS: &str = "\
    booked scheduled rescheduled rebooked reserved arranged set made put added noted saved recorded logged updated \
    changed corrected switched moved pushed cancelled canceled confirmed created entered marked registered written taken \
    kept stored done handled completed finished processed submitted passed opened sent";

/// The table.
pub(super) const PHRASES: &[Phrases] = &[
    Phrases {
        claim: Booked,
        voice: Done,
        patterns: &[
            r"{I}(?:booked|scheduled|arranged|pencil+ed|locked)\b",
            r"{I}(?:set up|made|created|confirmed|secured|finalized)\s+(?:you\b|your?\b|the\b|an?\b|this\b|that\b|it\b)[^.!?]{0,40}\b(?:{slot}|\d ?[ap]m\b)",
            r"{I}(?:confirmed|set)\s+(?:you|it|this|everything)\b",
            r"{I}(?:added|put)\s+(?:you|it|that|this|your \w+)\s+(?:to|on|in|onto)\s+(?:the|our|his|her|my|\w+'s)\s+{calendar}\b",
            r"{I}(?:reserved|saved|held|claimed|grabbed)\s+(?:you |your |the |that |this |an? )[^.!?]{0,30}\b(?:spot|slot|time|appointment|\d ?[ap]m|\d{1,2}:\d\d)",
            r"\b(?:i|we)(?:'ve| have)?\s+(?:got|have|put|signed|penciled|set)\s+you\s+(?:all\s+)?(?:down|in|up|booked|scheduled|confirmed|set|on)\b",
            r"\b(?:i|we) have you (?:down|in|booked|scheduled|confirmed|set|on|for|at)\b",
            r"\b(?:i|we) (?:was|were|am|managed to)(?: just)?(?: able to)? (?:book|schedule|reserve|get you|fit you|squeeze you|set (?:you|it|that) up)\b",
            r"\bcan(?:'t|not) wait to (?:see|meet|welcome) you {day}",
            r"{I'm}(?:booking|scheduling|reserving your|confirming your|getting (?:you|that|it) (?:booked|scheduled|set))\b",
        ],
    },
    Phrases {
        claim: Booked,
        voice: State,
        patterns: &[
            r"\byou(?:'re| are|r){now}\s+(?:booked|scheduled|confirmed|set for|set up for|locked in|down for|in for|on for|on the {calendar}|good to go|expected)\b",
            r"\byou(?:'re| are)(?: now)? (?:coming|due)(?: in)? {day}",
            r"\ball set for\b",
            r"\b(?:{slot}|it|that|this|everything|(?:mon|tues|wednes|thurs|fri|satur|sun)day|tomorrow|\d ?[ap]m)(?:'s| is| has been| was| got){now}\s+(?:booked(?:\s+(?:for you|in))?|scheduled|confirmed|set for|locked in|reserved|secured|finalized|made)\b",
            r"\b(?:your|the)(?:\s+\w+)? {visit}(?:'s| is)(?: all| now)* set\b",
            r"\b{visit}\b[^.!?,;]{0,20} (?:went through|has gone through|is in the system|is a go|is good to go)\b",
            r"\b(?:{slot}|\d ?[ap]m)\b[^.!?,;]{0,30}(?:'s| is) (?:all )?yours\b",
            r"(?:^|[-—:,]\s*)(?:all |now |officially |successfully )*(?:booked|confirmed|scheduled)\b",
            r"\bthank(?:s| you) for (?:booking|scheduling)\b",
            r"\bsee you (?:{day}|in (?:a|an|\d))",
            r"\blook(?:ing|s)? forward to (?:seeing|meeting|welcoming) you {day}",
            r"\byou(?:'ve got| have| got)(?:\s+(?:already|now))?\s+(?:an?|one|your|the)\s+(?:[\w-]+\s+){0,2}{visit}\b",
            r"\b(?:your|the)(?:\s+\w+){0,2}? {visit}\b[^.!?,;]{0,60}?(?:'s| is){now} (?:set|in the (?:books|system)|{day})",
            r"\b(?:(?:is|are|'re|'s|will be|'ll be) (?:expecting|waiting for|ready for) you|(?:will|'ll) (?:expect|see|meet|greet|welcome) you)\b",
        ],
    },
    Phrases {
        claim: Booked,
        voice: Promise,
        patterns: &[
            r"{I'll}(?:book|schedule|lock (?:in|that|it)|reserve|confirm (?:you|it|your|the|that)|set up|get (?:you|it|that|this|your \w+) (?:booked|scheduled|set up|in|locked)|put you (?:down|in))\b",
        ],
    },
    Phrases {
        claim: Rescheduled,
        voice: Done,
        patterns: &[
            r"{I}(?:rescheduled|re-scheduled|rebooked)\b",
            r"{I}(?:moved|pushed|switched|swapped|traded|changed|shifted|bumped|updated)\s+(?:you\b|it\b|that\b|(?:your|the|that)\s+(?:[\w-]+\s+){0,2}{slot}\b)",
            r"{I'm}(?:rescheduling|moving (?:your|it|you))\b",
        ],
    },
    Phrases {
        claim: Rescheduled,
        voice: State,
        patterns: &[
            r"(?:\b(?:is|has been|been|was|are)|'s|'re){now}\s+(?:rescheduled|re-scheduled|rebooked|moved (?:to|from|up|back)|pushed (?:to|back)|switched to|changed (?:to|from))\b",
            r"\ball rescheduled\b|^rescheduled\b|^moved (?:to|it)\b|(?:^|,\s*)(?:moved|rebooked|switched|swapped)\s*[!.]",
            r"\b(?:your|the) new (?:time|appointment|date|slot|booking)(?:\s+time)?(?:'s| is)\b",
        ],
    },
    Phrases {
        claim: Rescheduled,
        voice: Promise,
        patterns: &[
            r"{I'll}(?:reschedule|rebook|(?:move|push|switch|change|shift) (?:you\b|it\b|that\b|your (?:\w+ )?{slot}))",
        ],
    },
    Phrases {
        claim: Cancelled,
        voice: Done,
        patterns: &[
            r"{I}(?:cancell?ed|called off)\b",
            r"{I}(?:taken|took) (?:you|it|that) off\b",
            r"{I}(?:removed|deleted|dropped|cleared|taken off)\s+(?:you|it|that|(?:your|the)(?:\s+\w+){0,2} {visit})\b",
            r"{I'm}cancell?ing\b",
        ],
    },
    Phrases {
        claim: Cancelled,
        voice: State,
        patterns: &[
            r"(?:\b(?:is|has been|been|was|are|all|successfully)|'s|'re){now}\s+cancell?ed\b|(?:^|,\s*)cancell?ed\b",
            r"\byou(?:'re| are)(?: now)? off the {calendar}\b|\byou no longer have (?:an?|any|your) {visit}\b",
            r"\b(?:{visit}|it|that)\b[^.!?,;]{0,20}(?:'s| is| has been| was){now} (?:removed|deleted|called off|taken off|off the)\b",
        ],
    },
    Phrases { claim: Cancelled, voice: Promise, patterns: &[r"{I'll}cancel\b"] },
    Phrases {
        claim: ProfileUpdated,
        voice: Done,
        patterns: &[
            r"{I}(?:updated|changed|corrected|saved|added|recorded|set)\s+(?:your|the|that)\s+(?:[\w-]+\s+){0,2}{field}\b",
        ],
    },
    Phrases {
        claim: ProfileUpdated,
        voice: State,
        patterns: &[
            r"\byour (?:[\w-]+\s+){0,1}{field}(?:\s+(?:address|number|info\w*|details|channel|method))?(?:'s| is| are| has been| have been| was| were){now}\s+(?:updated|saved|changed|corrected|set to|switched|on file)\b",
        ],
    },
    Phrases {
        claim: ProfileUpdated,
        voice: Promise,
        patterns: &[r"{I'll}(?:update|change|correct|save|add|set)\s+(?:your|the|that)\s+(?:[\w-]+\s+){0,2}{field}\b"],
    },
    Phrases {
        claim: Recorded,
        voice: Done,
        patterns: &[
            r"\bi(?:'ve| have)?(?:\s+(?:just|already|now|also))*\s+(?:updated|saved|recorded|added|noted|logged|stored|entered|made a note|taken (?:a )?note|changed your|corrected|written (?:down|that|it)|put (?:that|it|this|a note|your \w+) (?:in|on|down))\b",
            r"\bwe(?:'ve| have)(?:\s+(?:just|already|now|also))*\s+(?:updated|saved|recorded|noted|logged) (?:your|that|this|it)\b",
        ],
    },
    Phrases {
        claim: Recorded,
        voice: State,
        patterns: &[
            r"\byour (?:request|interest|trade-?in|details|info\w*|record|file|notes?|offer|preferences?)(?:\s+\w+)?(?:'s| is| are| has been| have been| was| were){now}\s+(?:updated|saved|recorded|noted|added|logged|on file)\b",
        ],
    },
    Phrases {
        claim: Recorded,
        voice: Promise,
        patterns: &[
            r"{I'll}(?:make a note|take a note|note (?:that|it|this|your|down)|save (?:that|this|your)|record|log|jot|write (?:that|it|this) down|keep (?:that|it|this|your \w+) on file)\b",
        ],
    },
    Phrases {
        claim: Sent,
        voice: Done,
        patterns: &[
            r"{I}(?:sent|emailed|e-mailed|texted|messaged|mailed|attached)\b",
            r"{I'm}(?:sending|emailing|texting|mailing)\b",
        ],
    },
    Phrases {
        claim: Sent,
        voice: State,
        patterns: &[
            r"\b(?:e-?mail|text|link|photos?|pictures?|confirmation|quote|brochure|invite|details|report|video|application)\b[^.!?,;]{0,30}?\s+(?:has been|have been|was|were|is|are)(?:\s+(?:just|already|now))?\s+(?:sent|e-?mailed|texted|attached|on (?:its|their|the) way)\b",
        ],
    },
    Phrases {
        claim: Sent,
        voice: Promise,
        patterns: &[
            r"{I'll}(?:send|email|e-mail|text|mail|forward|shoot) (?:you|over|it|them|the|a|an|those|that|this)\b",
            r"\byou(?:'ll| will| should)(?:\s+(?:also|then|shortly|soon|now|be))*\s+(?:receiv\w+|get(?:ting)?|see)\s+(?:(?:an?|the|your|our|another)\s+)?(?:[\w-]+\s+){0,2}(?:e-?mail|text|confirmation|link|reminder|message|invite|invitation)\b",
            r"\b(?:confirmation|reminder|e-?mail|link|invite|text|message|photos|details)(?:\s+\w+)? (?:is coming|are coming|will (?:follow|arrive|come|be sent)|to follow)\b",
        ],
    },
    Phrases {
        claim: HandedOff,
        voice: Done,
        patterns: &[
            r"{I}let [^.!?,]{1,40} know\b",
            r"{I}(?:notified|informed|alerted|contacted|pinged|looped|escalated|handed|passed|forwarded|relayed|connected|transferred|submitted|routed|flagged|assigned|brought in|put in a (?:request|word)|reached out|requested|opened a ticket|created a ticket|arranged for)\b",
            r"{I}(?:asked|told|messaged|shared|sent|given|gave|referred)\s+(?:(?:it|this|that|you|your [\w\s-]{1,30}?|everything|the [\w\s-]{1,20}?)\s+)?(?:(?:to|with|along to|over to)\s+)?(?:our|the (?:sales|finance|service|team|manager)|a (?:colleague|manager|person|specialist|human|teammate|team)|my|someone|one of|(?-i:[A-Z][a-z]+))\b",
            r"{I'm}(?:transferring|connecting|escalating|forwarding|notifying|handing|putting you through|passing|looping|letting [^.!?,]{1,30} know|asking (?:our|a|the|my|someone)|getting (?:a|someone|our|you (?:a|someone|to)))\b",
        ],
    },
    Phrases {
        claim: HandedOff,
        voice: State,
        patterns: &[
            r"\b(?:our|the|my)(?: \w+){0,2} (?:team|manager|staff|colleague|department)(?: already)? (?:has been|have been|is|are|was)(?: \w+)? (?:notified|informed|alerted|told|on it|aware|looking into|working on)\b",
            r"\b(?:has|have) been (?:told|notified|informed|alerted|contacted|looped in|made aware|briefed)\b",
            r"\b(?:is|are)(?: already| now)? (?:aware of (?:it|this|that|your)|on it\b|on (?:his|her|their) way\b|looking into (?:it|this|that|your)|working on (?:it|this|that|your))",
            r"\byour (?:request|question|message|offer|application|details|info\w*|trade-?in|case)(?:\s+\w+)?(?: has been| have been| is| are| was| were)(?:\s+(?:now|already))?\s+(?:sent|passed|forwarded|shared|escalated|handed|submitted|with (?:our|the|a))\b",
            r"\b(?:knows?|already know) (?:you're|you are|about (?:it|this|your|that)|that you)\b",
        ],
    },
    Phrases {
        claim: HandedOff,
        voice: Promise,
        patterns: &[
            r"{I'll}(?:let (?:\w+\s+){1,4}know|have (?:someone|somebody|an?|our|one of|the|my|\w+) [^.!?]{0,40}?(?:call|contact|reach|get|follow|text|e-?mail|be in touch|help|respond)|get (?:someone|somebody|a (?:person|human|manager|colleague|teammate|specialist)|our)|make sure (?:someone|somebody|a|our)|pass (?:this|that|it|your|you|along|on)|forward|escalate|transfer|connect|notify|alert|ask (?:our|an?|the|my|someone|somebody|(?-i:[A-Z][a-z]+))|hand (?:this|you|it)|loop|reach out|follow up|get back to you|circle back|call you|check (?:with|in with)|talk to|speak (?:to|with)|put you (?:in touch|through)|find someone|keep you (?:posted|updated|informed|in the loop)|(?:find out|check|look into (?:it|that|this)|see|ask)\b[^.!?,]{0,30}? (?:let you know|get back to you|tell you))\b",
            // Whoever is said to do it: nobody does without a handoff.
            r"(?:'ll|\bwill|\b(?:is|are) (?:going|about) to)\s+(?:[\w-]+\s+){0,2}?(?:contact(?:ing)?|call(?:ing)?|reach(?:ing)? out|reach you|text(?:ing)?|e-?mail(?:ing)?|get back|getting back|follow(?:ing)?[ -]up|(?:be |get )in touch|let you know|give you a|ring|phone|respond|reply|take (?:it|this) (?:from here|over)|help you (?:shortly|soon)|be with you|(?:come|coming) back to you|(?:look(?:ing)? (?:at|into)|review|handle) (?:it|this|that|your))\b",
            r"\byou(?:'ll| will| can expect to| should)(?:\s+(?:soon|shortly|then|also))*\s+(?:hear\s+(?:back\s+)?from|(?:get|receive|have|expect) a (?:phone )?call|be contacted|be hearing)\b",
            r"(?:\byou(?:'ll| will| can| should| may) )?\bexpect (?:a|to get a|to hear)\b[^.!?]{0,15}\b(?:call|from|text|reply|message)\b",
        ],
    },
    Phrases {
        claim: Consulted,
        voice: Done,
        patterns: &[
            r"{I}(?:checked|confirmed|verified|spoken|spoke|talked|discussed(?: (?:it|this|that))?)\s+(?:to|with)\s+(?:our|the|my|a|an|someone|finance|sales|service|(?-i:[A-Z][a-z]+))\b",
            r"\b(?:my|our|the) (?:\w+ )?(?:manager|boss|team)(?: just)? (?:said|says|told me|agreed|okayed|ok'd|confirmed)\b",
        ],
    },
    Phrases {
        claim: Approved,
        voice: State,
        patterns: &[
            r"\b(?:you|your [\w\s-]{1,25}?|it|that|this|loan|credit|application|financing|offer|price|deal|trade)(?:'re|'s|'ve| are| is| has| have| was| were| got){now}\s+(?:pre-?\s?)?(?:approved|qualified|accepted)\b",
            r"\b(?:i|we|manager|team|lender|bank|finance|department)(?: have| has|'ve)?\s+(?:just\s+|already\s+)?(?:pre-?\s?)?(?:approved|accepted)\b",
            r"\byou(?: now| already)? (?:pre-?)?qualify for\b|^(?:pre-?)?approved\b|\byour (?:pre-?)?approval (?:is|came|went)\b",
        ],
    },
    // Any act of ours that nothing above names.
    Phrases {
        claim: Acted,
        voice: Done,
        patterns: &[
            r"\b(?:i|we)(?:'ve| have)(?:\s+(?:just|already|also|now|successfully|gone ahead and|went ahead and|\w+ly))*\s+(?P<verb>\w+ed|\w+en|put|set|sent|made|done|got|had|been|found|read|run|said|told|heard|kept|left|lost|paid|meant|built|brought|bought|begun|become|come|gone|shown|thought|understood)\b",
            r"\bi(?:\s+(?:just|already|also|now|then|went ahead and))*\s+(?P<verb>\w+ed|put|set|sent|made|did)\b",
            r"\b(?:i|we) (?:was able|were able|managed) to (?P<verb>\w+)\b",
        ],
    },
    Phrases {
        claim: Acted,
        voice: State,
        patterns: &[
            r"\byour\s[\w\s'-]{1,40}?\s(?:has|have) been\s+(?:\w+ly\s+|now\s+|just\s+)?(?P<verb>\w+ed|\w+en|sent|put|set|made|done)\b",
            r"(?:^|,\s*)(?:changed|updated|saved|added|sent|removed|fixed|submitted)\s*[!.]",
            r"^(?:all )?done\b|\ball done\b|\ball taken care of\b|\btaken care of it\b|\bit's done\b",
            r"\byou(?:'re| are)(?:\s+(?:now|both))*\s+all set\b|^all set\b",
        ],
    },
    Phrases {
        claim: InStock,
        voice: State,
        patterns: &[
            r"\bin stock\b|\bon (?:the|our) lot\b",
            r"(?:\b(?:is|are|was|remains?|still|have|has)|'s|'re)\s+(?:[\w,$'.&-]+\s+){0,6}?available\b|\bavailable (?:now|today|right now)\b",
            r"(?:\b(?:is|are)|'s|'re) (?:right |still |both )?(?:here|on site|out front)\b|\bready (?:for (?:an?|you|your) |to (?:go|drive|show|see))",
            r"\bwe(?:'ve got| have)?(?: still| currently| do)*(?: got| have) (?:it|that one|this one|both(?: of them)?|them)\b",
            r"\b(?:we|i)(?:'ve got| (?:do |also |still |currently )?have) (?:an?|the|this|that|our)\b",
        ],
    },
    Phrases {
        claim: Sold,
        voice: State,
        patterns: &[
            r"(?:\b(?:is|was|has been|have been|been|already|just|got|are)|'s)\s+sold(?:\s*$|[.,!;]|\s+(?:out|yesterday|today|already|last|this|to|and|so|but|earlier))",
            r"\bwe(?:'ve| have)?(?: just| already)? sold (?:it|that|the)\b",
        ],
    },
    Phrases {
        claim: NotAvailable,
        voice: State,
        patterns: &[
            r"\b(?:no longer|not(?: currently)?)\s+(?:available|in stock|on (?:the|our) lot)\b|\bunavailable\b|\b(?:isn't|aren't|wasn't)(?: \w+)? (?:available|in stock)\b|\bout of stock\b|\boff the market\b",
        ],
    },
    Phrases {
        claim: Held,
        voice: Done,
        patterns: &[
            r"{I}(?:put|placed)\b[^.!?]{0,40}\b(?:on hold|a hold)\b",
            r"{I}(?:reserved|held|set aside)\s+(?:it|that one|this one|one|the|your|that|this)\b|{I}(?:saved|kept)\s+(?:it|that one|this one|one|the [\w\s-]{1,30}?) for you\b",
            r"{I}(?:set|put) (?:it|the [\w\s-]{1,30}|that(?: one)?) aside\b",
            r"{I'm}(?:holding|reserving|setting aside|saving|keeping)\s+(?:it|the|that|this|your|an?|one)\b",
        ],
    },
    Phrases {
        claim: Held,
        voice: State,
        patterns: &[
            r"(?:\b(?:is|are|has been|been|now)|'s|'re){now}\s+(?:on hold|reserved|held|set aside|kept|saved) (?:for you|in your|until|till|under|aside)\b|(?:\b(?:is|are)|'s){now} (?:on hold|reserved)\b",
            r"(?:\b(?:it|(?-i:[A-Z0-9][\w-]*)|car|truck|suv|vehicle))(?:'s| is) (?:all )?yours\b",
        ],
    },
    Phrases {
        claim: Held,
        voice: Promise,
        patterns: &[
            r"{I'll}(?:put|place)\b[^.!?]{0,30}\bhold\b",
            r"{I'll}(?:hold|reserve|set aside|save|keep)\s+(?:it|the|that|this|your|an?|one)\b",
        ],
    },
    Phrases {
        claim: Erased,
        voice: Done,
        patterns: &[
            r"{I}(?:deleted|erased|wiped|purged|removed) (?:all (?:of )?)?(?:your|the|every) (?:\w+ ){0,2}(?:data|number|details|info\w*|records?|account|profile|messages|file|history)\b",
        ],
    },
    Phrases {
        claim: Erased,
        voice: State,
        patterns: &[
            r"\b(?:data|details|information|info|records?|account|profile|number|history)\b[^.!?,;]{0,15}(?:\b(?:is|are|was|were|has been|have been)|'s){now} (?:deleted|erased|wiped|purged|gone)\b",
        ],
    },
    Phrases {
        claim: NeverCloses,
        voice: State,
        patterns: &[
            r"\bopen(?:ed)?\b[^.!?;]{0,30}\b(?:around the clock|24 ?/ ?7|24 hours|twenty-?four (?:hours|seven)|day (?:and|or) night|(?:all|the whole) night|at (?:any|all) (?:hours?|times?)|non-?stop)\b",
            r"\b(?:around the clock|24 ?/ ?7|day (?:and|or) night|at any hour)\b[^.!?;]{0,40}\b(?:open|here|there)\b|\b(?:come|drop|stop|swing) (?:by|in)\b[^.!?;]{0,15}\b(?:day (?:and|or) night|24 ?/ ?7|at any hour)\b",
            r"\b(?:we|doors|store|dealership|showroom)(?: \w+)? never close\w*|\balways open\b|\b(?:someone|somebody)(?:'s| is) always (?:here|there)\b",
        ],
    },
    Phrases {
        claim: Held,
        voice: State,
        patterns: &[r"\boff the market for you\b|\b(?:kept|saved|held|set aside) (?:for you|(?:under|in) your name)\b"],
    },
    Phrases {
        claim: Sent,
        voice: State,
        patterns: &[
            r"\b(?:check|look in|open) your (?:inbox|e-?mails?|texts|messages|spam)\b|(?:\b(?:is|are)|'s)(?: already| now| waiting)* in your (?:inbox|e-?mail|mailbox|messages)\b",
        ],
    },
];
