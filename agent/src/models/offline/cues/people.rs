//! What customers tell about themselves and what they want to trade in.

cues! {
    /// A vehicle of their own to trade in or sell.
    TRADE = [
        "estimate|quote|value|number|price|appraisal on|for|of my|our",
        "what|how ?much would|will|could|can|is my|our #",
        "trade ?in value|worth|quote|estimate|offer|price|appraisal|values|amount",
        "on|as|for|towards|in|of ?a|the|my trade|tradein",
        "get rid of my|our|a|the|this|it",
        "what|how ?much can|could|would|will|do|might @we ?expect ?to get|getting for|on|out ?of my|our|this",
        "what|how ?much ?can|could|would|will|whatll|are|do you ?guys ?gonna ?be ?able ?to give|offer|pay ?me ?us for|on",
        "do|would|will|could you|they ?guys ?also buy|buying|purchase",
        "how much for|is my|our",
        "my|our ?# ?@car ?is ?still worth",
        "unload|offload my|our|a",
        "trade|trading|traded ?my|it|the|our|a|this in|up|towards|toward",
        "thinking|looking|want|wanting|like ?of|about|to trading|trade",
        "tradein|tradeins|appraise|appraisal|appraised|kbb",
        "trade in|ins|value|my|our|it|for|$",
        "to|a|my|of|the trade",
        "swap|exchange my|our",
        "turn in my|our",
        "sell|selling ?you ?guys my|our|mine",
        "sell you a|my|our",
        "buy ?it|my|our|mine|a|used ?@car from me|us",
        "buy my|our",
        "my|our .. worth",
        "worth of my|our",
        "is mine worth",
        "value of|for|on my|our|mine",
        "my|our .. value",
        "value my|our",
        "give me|us for|on my|mine|our|the|a|it",
        "get for my|mine|our",
        "offer ?me for my|mine|our",
        "much .. for my|mine|our",
        "blue book",
        "get rid of my|our",
    ];
    /// Asks how trading in works, without a vehicle of their own in sight.
    TRADE_IN_GENERAL = [
        "do you ?guys take|accept|do|offer|buy|buying|purchase",
        "can i|you trade",
        "how does ?a|the|your trad*",
    ];
    /// Wants to be written to by e-mail.
    PREFER_EMAIL = [
        "prefer|rather|like|switch|use|by|via|through ?to|me|you|it|if ?use|you|be ?by|to|contacted ?by ?e email|mail|emails",
        "email|mail is|works|would|instead ?be ?me best|better|instead|fine|preferred|please",
        "email|mail me instead|rather|please",
        "best|only by|way|via|through .. email",
        "do not text .. email",
    ];
    /// Wants to be written to by text message.
    PREFER_SMS = [
        "prefer|rather|like|switch|by|via|through ?to|me|you|it|if ?use ?you|be ?by|to|contacted ?by text|texts|texting|sms",
        "text|texting|sms is|works|would ?be best|better|fine|preferred|easier",
        "text me instead|rather|please|only",
        "only text",
        "best|only way|by .. text",
    ];
}
