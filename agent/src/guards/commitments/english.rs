//! English phrases that bind the dealership.

use super::{
    Commitment::{Binding, Credit, Discount, Payment, TradeIn},
    Phrases,
};

/// What the words in braces stand for.
pub(super) const ABBREVIATIONS: &[(&str, &str)] = &[
    // Whoever of ours could do it, and that they do or will.
    (
        "{we}",
        r"\b(?:i|we|they|he|she|(?:the|our|my|a)(?: \w+)? (?:manager|team|boss|dealership|store|dealer|finance)|northgate)(?:'ll|'d|'m|'re| will| can| could| would| may| might| shall| do| am| are| is|'s)?(?: (?:able to|happy to|glad to|willing to|going to|gonna|allowed to|always|definitely|certainly|absolutely|gladly|happily|also|even|just|probably|likely|easily|still|now|hereby|fully|go ahead and))*\s+",
    ),
    (
        "{will}",
        r"\b(?:i|we|they|he|she|(?:the|our|my|a)(?: \w+)? (?:manager|team|boss|dealership|store|dealer|finance)|let me|let's|lets)(?:'ll|'d|'m|'re| will| can| could| would| may| might| shall| am| are|'s)?(?: (?:able to|happy to|glad to|willing to|going to|gonna|allowed to|always|definitely|certainly|absolutely|gladly|happily|also|even|just|probably|easily|go ahead and))*\s+",
    ),
    (
        "{money}",
        r"(?:[$€£]\s?\d[\d,.]*k?|\d[\d,.]*\s?(?:k|grand|dollars|bucks|%|percent)|(?:\w+[\s-])?(?:hundred|thousand)(?: dollars| bucks)?|a (?:few|couple)(?: of)? (?:hundred|thousand|bucks|dollars))",
    ),
    (
        "{thing}",
        r"(?:oil changes?|tires?|tyres?|(?:floor )?mats?|gas|fuel|tanks?(?: of gas)?|(?:car )?wash(?:es)?|detailing|maintenance|tint(?:ing)?|shipping|delivery|upgrades?|chargers?|registration|gifts?|rims|wheels|accessor(?:y|ies)|extras|plates|roof racks?|warrant(?:y|ies)|servic(?:e|ing))",
    ),
    (
        "{off}",
        r"(?:a |an |some |any |you |the |that |this |further |extra |additional |special |better |nice |great |good |big |small |little |lower |new |best |\d+%? )*(?:discounts?|rebates?|(?:price )?(?:breaks?|cuts?|reductions?|drops?)|deals?|bargains?|(?:lower|better|special|discounted|reduced|best|different|friendly) (?:price|pricing|rate|number|quote|offer)|incentives?|coupons?|vouchers?|cash ?back|credit toward\w*|sweetener|markdown)",
    ),
];

pub(super) const PHRASES: &[Phrases] = &[
    Phrases {
        commitment: Binding,
        patterns: &[
            r"\b(?:ok|okay|yes|yep|sure|fine|alright),? (?:it's a )?deal\b|\bwe have a deal\b",
            r"\byour (?:price|offer|number|bid)(?: \w+)? (?:works|(?:is|sounds) (?:fine|good|ok|okay|great|acceptable))\b|\b(?:offer|price) is final\b|\b(?:i|we)(?:'ll| will)? stand by (?:it|this|that|our)\b|\bconsider it (?:sold|yours|done)\b",
            r"\b(?:legally )?binding\b|\blegally enforceable\b|\btakesies\b|\bbacksies\b|\bno take ?backs\b",
            r"\b(?:that's|it's|it is|that is|this is|we have|you have|you've got|you got|you got yourself|consider it|we've got|call it|sounds like) an? (?:done )?(?:deal|bargain|agreement)\b|(?:^|[,!—-]\s*)(?:deal|done deal|agreed|sold|you're on|shake on it)\s*(?:[!.,]|$)|\bit's a done deal\b",
            r"\byou(?:'ve| have)? (?:just )?(?:got|bought|scored) yourself (?:an?|the|that|this|your)\b",
            r#"(?:^|[.!?,:;"]\s*)(?:\w+,? )?(?:i|we) (?:\w+ )?agree\s*(?:[.!?,;"]|$|(?:if|because|as long|so|and|si|y)\b|with (?:you|that|it|this|any|every|all|what))"#,
            r"{we}(?:guarantee|promise|swear|vow|pledge|commit to|undertake|warrant)\b",
            r"\b(?:you have|you've got) (?:my|our) (?:word|promise|guarantee)\b|\b(?:my|our) (?:word|promise|guarantee) (?:on|that|to)\b|\bon my (?:word|honou?r)\b",
            r"{we}(?:accept|approve)\s+(?:your|that|this|the|it|a|an|any|everything)\b|{we}agree\s+(?:to|on)\b|{we}confirm\s+(?:[\w$,.]+ ){0,3}(?:offer|price|deal|refund|discount|terms|bid|agreement)\b",
            r"\b(?:offer|price|deal|terms|bid)(?:'s| is| has been| was) (?:accepted|agreed|locked in|locked|guaranteed|final and binding|firm for you|approved|confirmed in writing)\b",
            r"\bwill honou?r\b|'ll honou?r\b|\bhonou?r(?:ing)? (?:that|this|the|your|any|a|their|an) (?:[\w'-]+ ){0,2}(?:price|quote|offer|deal|amount|discount|coupon)\b|{we}honou?r (?:it|that|this)\b",
            r"\bguaranteed\b(?: (?:\w+ )?(?:approval|financing|credit|price|lowest|best|delivery|value|trade|savings|deal))|\b(?:approval|financing|credit|price|delivery|deal|it|that)(?:'s| is| are) guaranteed\b",
            r"\b(?:best|lowest) price (?:promise|guarantee\w*|in (?:town|the|denver|colorado|america)|anywhere|around|possible|period|match|of the year)\b|\b(?:our|my) (?:very |absolute )?(?:best|lowest|bottom|rock[- ]bottom|final|last|walk-?away)(?: possible| line)? (?:price|number|offer|dollar)\b|\bbottom dollar\b|\b(?:nobody|no one|no dealer\w*|can't|cannot|won't) (?:will |can |be |ever )?(?:beat|beaten|undercut|match)\b(?: (?:it|this|our|us|that))?",
            r"\b(?:lock|locked|locking|freeze|hold|keep)(?: in)? (?:that|this|the|your|a)(?: \w+)? (?:price|rate|deal|offer|discount)\b",
            r"\bin writing\b[^.!?]{0,30}\b(?:price|offer|deal|promise)\b|\bi (?:hereby )?(?:authorize|authorise|consent|sign off)\b|\bi am authorized\b|\bi'm authorized\b",
            r"\bfull refund\b|{we}(?:refund|reimburse|compensate|pay you|cover your)\b|\bmoney back\b|\bsatisfaction guarantee\w*",
            r"\b(?:it's|it is|that's|this one's|consider it) (?:all )?yours (?:for|at)\b",
            r"{will}(?:take|accept|do|make it|go|settle for|work with|meet you|let it go|let you have it|sell it|sell you|give it to you|put you in it) (?:it |this |that |the \w+ |one )?(?:for|at|down to|as low as|to|with)?\s*(?:just |only |about |around )?{money}",
            r"{will}(?:match|beat|undercut|top|meet) (?:it|that|this|their|any|your|the|anyone|anybody|another|other|a competitor\w*)\b|\bprice[- ]match(?:ing|es)?\b",
        ],
    },
    Phrases {
        commitment: Discount,
        patterns: &[
            r"\bfree (?:\w+ )?{thing}\b|\b{thing}\b[^.!?,;]{0,25}(?:\b(?:is|are|comes?|be)|'s) (?:\w+ )?(?:free|complimentary|on us)\b",
            r"\b(?:at|for) (?:no|zero) (?:extra |additional |added )?(?:cost|charge)\b|\bfree of charge\b|\bgratis\b|(?:\b(?:is|are|gas|it)|'s|{thing}) on us\b|\b(?:is|are) (?:my|our) treat\b|\bcosts? you nothing\b",
            r"\b(?:come|buy|sign|order|act)\b[^.!?]{0,25}\b(?:and|you'll|you) save\b|\b(?:removed|waived|dropped|deleted|took off) (?:the|your|all|any|every) (?:\w+ ){0,2}fees?\b",
            r"\b(?:there's|there is|with) (?:{money}) off\b",
            r"{we}(?:offer|give|get|giving|offering|getting|apply|applying|do|include|extend|add|arrange|take|have|secure|find|make|approve|authorize|negotiate|provide)(?: you| it| them| her| him)? {off}\b",
            r"{will}(?:knock|shave|take|cut|chop|slash|drop|lower|reduce|discount|bring|come|mark|trim|adjust|go|haggle|negotiate|move|budge|work)\b[^.!?,;]{0,30}\b(?:{money}|off\b|down\b|price|lower\b|discount)",
            r"\b(?:knocked|shaved|slashed|dropped|lowered|reduced|cut|discounted|marked down|took|taken) (?:the |that |its |your |it )?(?:price|{money}|down)",
            r"(?:{money}) (?:off|discount|rebate|cash ?back|less for you|in savings|bonus)\b|\bdiscount of (?:{money})|(?:{money}) (?:discounted|markdown)\b",
            r"{will}(?:throw|toss|include|add|waive|cover|comp|gift|forget|skip|eat|absorb|drop|pay(?: for)?|upgrade)\b[^.!?;]{0,40}\b(?:in\b|free\b|fees?\b|for you|on us|on the house|complimentary|no charge|mats|tint|warranty|tires|taxes|shipping|delivery|gas|oil changes?|maintenance|charger|registration|cost)\b",
            r"\b(?:get|gets|receive|qualify for|eligible for|enjoy|you'll have|here's|there's|there is|with) (?:an? |your |our |some )?(?:[\w-]+ ){0,2}(?:discount|rebate|coupon|cash ?back|promo(?:tion)?|special offer|price (?:cut|drop|break))\b",
            r"\b(?:special|exclusive|discounted|reduced|insider|employee|friends and family|secret|one-time|limited[- ]time|today[- ]only|weekend) (?:price|pricing|deal|offer|discount|rate|promotion)\b|\b(?:price|offer|deal) (?:just|only|exclusively) for you\b|\bif you (?:buy|sign|come in|decide|commit|purchase) (?:today|now|tonight|this week\w*|by \w+)[^.!?]{0,40}\b(?:off|discount|free|deal|lower|save|price)\b",
            r"\b(?:can|could|will|'ll|would) save you (?:some money|money|a lot|big)\b|\byou(?:'ll|'d| will| would)? save (?:an extra |another )?(?:{money}) (?:today|if you|by (?:signing|buying|acting))|\bfor free\b|\bfree of charge if\b|\bon the house\b|\bcomplimentary (?:upgrade|tint|mats|maintenance|warranty)\b",
            r"\b(?:there's|there is|we have|i have|some|plenty of|a little|a bit of) (?:\w+ )?(?:wiggle room|room to (?:negotiate|move|haggle)|flexibility (?:on|in|with) (?:the )?price)\b|\b(?:price|prices)(?:'s| is| are) (?:flexible|negotiable|open to negotiation)\b|\b(?:better|lower|nicer) (?:price|deal|number) (?:for you|than (?:that|the listed|advertised|listed))\b",
        ],
    },
    Phrases {
        commitment: TradeIn,
        patterns: &[
            r"\b(?:your|the|that|an?|\d{4}) (?:[\w'-]+ ){0,4}?(?:is|are|'s|would be|could be|should be|may be|might be|will be|looks|seems|has|would have|comes? out|comes? in|books?|sells?|goes?|would bring|should bring|could bring|would fetch|should fetch|could fetch|fetches|brings)(?: \w+)? ?(?:worth|valued|value of|at|for|a value of)?\s*(?:about |around |roughly |approximately |up to |at least |between |somewhere |near |close to |in the |~)*(?:{money})[^.!?]{0,30}\b(?:trade|trade-?in|for it|as a)\b",
            r"\b(?:worth|valued at|appraised at|appraises at|value (?:is|of|would be)|trade-?in (?:value|offer|credit|allowance)(?: is| of| would be|:)?)\s+(?:about |around |roughly |approximately |up to |at least |between |somewhere |near |close to |in the |maybe |likely )*(?:{money})",
            r"{will}(?:give|offer|pay|allow|buy|credit|value|appraise|take)(?: you| it| your [\w\s'-]{1,25}?)?(?: in)?(?: for| at)?\s*(?:about |around |roughly |up to |at least |maybe )*(?:{money}) (?:for|on|toward\w*|as|in trade|against)\b",
            r"{will}(?:give|offer|pay|allow|get)(?: you)? (?:a |the |our )?(?:top dollar|great value|good money|fair (?:price|value|offer)|best value|more than|full value|high(?:est)? value)\b|\btop dollar\b",
            r"\byour (?:trade|trade-?in|civic|car|truck|vehicle)(?:\s\w+)? (?:is|would be|should be|could be) worth (?:about |around |at least |a lot|good|more|roughly )",
        ],
    },
    Phrases {
        commitment: Credit,
        patterns: &[
            r"\b(?:loan|credit|financing|application) (?:went|has gone|came|got) through\b|\b(?:bank|lender)s? (?:said|says|has said|have said|gave you) (?:yes|ok|okay)\b|\bno credit check\w*|\b(?:with|on) your (?:credit|score)[^.!?]{0,15}\byou(?:'re| are) (?:in|good|set|fine)\b|\b(?:everyone|everybody|anyone) gets (?:financed|credit|a loan)\b|\b(?:zero|no) (?:percent )?(?:interest|apr)\b|\binterest[- ]free\b",
            r"\byou(?:'re|'ll be|'d be|'ve been| are| will be| would be| should be| have been| get| will get| could be)(?: \w+)? (?:pre-?\s?)?(?:approved|qualified|eligible|accepted) ?(?:for|$|[.!,])?",
            r"\byou(?:'ll|'d| will| would| should| can| could| do| already| easily| definitely| certainly)* (?:pre-?)?qualify\b",
            r"\b(?:guaranteed|instant|easy|automatic) (?:credit )?(?:approval|financing|credit)\b|\b(?:everyone|everybody|anyone|anybody) (?:is|gets|can be|will be) (?:approved|financed)\b|{we}(?:finance|approve|accept) (?:everyone|everybody|anyone|anybody|all credit|any credit|bad credit)\b",
            r"\b(?:bad|poor|no|low|your) credit(?: score| history)?(?:[,:]? (?:is|are|isn't|won't be|will not be|'s|looks|is not))? ?(?:no problem|not a problem|fine|a problem|good enough|ok(?:ay)?|great|approved|accepted|enough)\b",
            r"\b(?:your|the) (?:loan|credit|financing|application|finance application|credit application)(?: has been| is|'s| was| will be| would be| gets)(?: \w+)? (?:pre-?)?(?:approved|accepted|secured|guaranteed|good to go|through|fine)\b",
            r"{will}(?:get|have) (?:you|your (?:loan|credit|financing)) (?:approved|financed|qualified|a loan|credit)\b|{we}(?:approve|approved|have approved) (?:you|your|the (?:loan|credit))\b|\b(?:a|with a|your) \d{3}(?: score| credit score)?[^.!?]{0,20}\b(?:is enough|gets you|qualifies|is fine|will do)\b",
            r"{will}(?:get|give|offer|find) you (?:a |an |the )?(?:\w+ )?(?:\d[\d.]*\s?%|lower|better|low|great|good|best) (?:interest |apr |finance )?(?:rate|apr|interest|financing|terms)\b|\byour (?:rate|apr|interest(?: rate)?) (?:is|would be|will be|'d be|should be|could be)\b",
        ],
    },
    Phrases {
        commitment: Payment,
        patterns: &[
            r"\b(?:(?:one|two|three|four|five|six|seven|eight|nine|ten|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred)[ -]){2,5}(?:dollars |bucks )?(?:a|per|each|every) month\b",
            r"\b(?:payments?|installments?)\b[^.!?;$]{0,30}?\b(?:would|will|'d|'ll|could|should|is|are|come|comes|run|runs|be|work|works|start|starts)\b[^.!?;]{0,30}?(?:{money}|\d{3,})",
            r"(?:{money}|\b\d{3,4}) ?(?:/|per|a|each|every) ?(?:month|mo|week|wk|bi-?weekly|payment)\b|(?:{money}|\b\d{3,4}) monthly\b",
            r"\b(?:monthly|a month|per month)\b[^.!?;]{0,25}\b(?:around|about|roughly|near|under|just|only|approximately) (?:{money}|\d{3,})",
            r"(?:{money}|\bzero|\bnothing|\bno money) down (?:and|gets|is all|required|will|you)\b",
        ],
    },
];
