//! Vehicles: finding them, and what customers ask about one.

cues! {
    /// Asks whether there is something.
    ASKS_STOCK = [
        "do|did|does you|they ?still|happen ?to have|carry|sell|got",
        "have you got",
        "you got|have any|a|an",
        "got any",
        "any @car",
        "are|is there any|a|an|other|more",
        "looking|searching|shopping|hunting for|at",
        "show me",
        "what|which|how ?kind|other|many ?of|@car|ones do|have you|your|are",
        "in stock",
        "interested in",
        "what|how about ?something|anything ?one under|below|cheaper",
    ];
    /// Asks for free times in words that could ask for vehicles.
    ASKS_TIMES = [
        "have|got ?a|any|an|some|the ?open|free|available|more|other time|times|availability|appointment|appointments|slot|slots|spot|spots|room|opening|openings",
        "any ?other|more|open|free|available time|times|availability|appointment|appointments|slot|slots|spot|spots|opening|openings",
        "are|is there any|a ?other|more|open|free|available time|times|appointment|appointments|slot|slots|spot|spots|opening|openings",
        "what|which other ?open|available times|appointments|days",
    ];
    /// Asks to find something, beside a question for money.
    FINDS = [
        "looking|searching|shopping for",
        "do you ?still have|carry|sell",
        "show me",
        "in stock",
        "available",
        "what|how about ?something|anything ?one under|below|cheaper",
    ];
    /// Asks for any vehicle of a kind.
    WISHES = [
        "looking|searching|shopping|hunting for",
        "do|did you ?still|happen ?to have|carry|sell|got",
        "any|some|other|another|more @car",
        "anything|something",
        "in the market",
        "show me",
        "want|need ?to ?buy|find|get a|an|something",
        "what|which ?kind|other ?of @car",
    ];
    /// Asks about the stock without naming anything.
    SEARCH_ALL = [
        "what|which ?kind|type|other|used|new ?of ?used|new cars|vehicles|inventory|models|makes|brands|rides",
        "your ?current|whole|full|used|new|entire inventory|selection|lineup|stock",
        "what ?do|is ?you ?have in|on|for ?the|your stock|lot|sale",
        "what ?else do you ?still have|got|sell|carry $",
        "what do you have|got ?available|for ?sale|right ?now|in $",
        "what you have|got",
        "what have you got",
        "show me ?what|some|your|the|more ?you|of ?your ?have|got cars|vehicles|inventory|options|everything|got|have",
        "any|some|other|more|different|your|see|cheap|affordable|used|new ?used|new|good|cheap|more|other cars|vehicles",
        "need|want|buy|get|find|looking|market|for|buying|purchase ?to|for ?buy|get ?a|an|another|some ?new|used|good|reliable|different|nice|cheap|decent|second|family|first car|vehicle|cars|vehicles",
        "cars|vehicles for|under|with|below|between|in|around|less|over|that",
        "car|vehicle under|with|for|that|below|around|between",
        "cheapest|newest|nicest|fastest ?used|new car|vehicle|thing|one|ride|you|option",
        "something|anything ?else|that ?is under|below|with|around|cheap|cheaper|newer|good|reliable|for|between|sporty|small|big|safe|fun|over|like|similar|less|more|smaller|bigger",
        "first|second car",
        "browse|see ?your|all inventory|cars|vehicles",
    ];
    AVAILABLE = [
        "available",
        "still there|around|for|on|got|in|here|unsold|up|sale|yours",
        "still have|got",
        "in stock",
        "on the|your lot",
        "it|that|this|one|is|been|already|has sold",
        "sold yet|already|out|$",
        "did|has|have|had it|that|this|one|@car|they|anyone|somebody|someone|anybody ?one|@car ?already ?yet sell|sold|bought|buy|grab|grabbed|snatched|taken",
        "did you ?already ?ever sell it|that|this|the",
        "somebody|someone|anyone|anybody ?already ?else grab|grabbed|buy|bought|put|get|got|snatch|snatched|take|took it|that|this|the|one|a|deposit",
        "it|that|this|one|@car go|goes already|yet",
        "has|did it|that|this|the ?one|@car go|gone|went|going",
        "it|that|this|one|is ?already|still gone",
        "for sale",
        "is it|that|this|one|he|she ?one|@car ?still there|here|taken|pending",
        "left $",
        "anyone|someone|somebody bought|buy",
    ];
    PRICE = [
        "price|priced|pricing",
        "how much",
        "cost",
        "asking ?price for",
        "what ?is|does|are|do|did|would|you ?it|they|that|this|the|you|these ?one|@car ?going go|going|sell|selling|run|asking|listed|want for",
        "sticker price",
        "how expensive",
    ];
    MILEAGE = ["mileage|odometer", "how many|high ?are ?the miles|kilometers|kms", "how many miles", "the|its|what miles", "miles on|does|it|$"];
    /// "Mileage" as consumption, or as a wish.
    NOT_MILEAGE = ["gas|fuel|good|better|best|great|low|lower|lowest|high ?gas mileage|miles", "miles per|to", "under|below|than|over # ?k miles|mileage", "too many|much miles|mileage"];
    COLOR = ["what|which|other|any|different|its|exterior|your ?other|exterior|is|the color|colors", "the color", "color is|are|of|does|options|$"];
    INTERIOR = ["interior|inside|upholstery|cloth", "color|kind|type ?are|is|of ?the seats"];
    VIN = ["vin", "identification number"];
    TRIM = ["what|which trim|version|package|edition", "trim|package level|is|$", "the trim"];
    YEAR = ["what|which ?model year", "how old|new is|are|it", "model year"];
    DRIVETRAIN = ["drivetrain", "drive train", "what kind|type of drive", "awd|fwd|rwd|4wd|4x4 or"];
    TRANSMISSION = ["transmission|gearbox", "automatic|manual|stick|cvt|pdk|dct|dsg or", "pdk|dct|dsg", "shift ?by itself|gears"];
    FUEL = ["what ?kind|type ?of fuel|gas", "fuel type", "gas|electric|hybrid|diesel or"];
    CONDITION = ["new|used|certified ?or new|used|certified", "it|that|this|one|car|truck ?@car new|used|certified", "condition"];
    FEATURES = [
        "features|feature|equipment|equipped",
        "what options",
        "options does|are|do|on|come",
        "comes|come with|standard",
        "what ?else does|has it|that|this|the|they ?one|@car have|come|got|include",
        "bells and whistles",
        "included|include|includes on|in|with it|that|this|the",
        "fully loaded",
    ];
    DETAILS = [
        "tell|telling me|us ?something|more|all|everything|a ?bit|little ?more about",
        "more|additional|some|any|get|the|full|further ?more details|information|specs",
        "details|information|specs ?sheet on|about|for|of|$",
        "tell|know|hear|learn|read|say ?me|us more",
        "describe",
        "run down",
        "what can you tell",
        "interested in @it",
        "interested in the @car|one",
        "am|very|still|really|definitely interested $",
        "^ interested $",
        "full listing",
        "what about|is ?the|that|this ?@car|one ?like $",
        "about|like it|that|this ?one|@car $",
    ];
    /// What no listing says; a human looks it up.
    UNKNOWN_FACT = [
        "need|needs any|some|much ?more work|repairs|tires|brakes",
        "anything|something|what ?is wrong",
        "accident|accidents|wrecked|salvage|rebuilt|rust|rusty|rusted|dents|dings|smoked|smoker|flood|flooded|mpg|horsepower|hp|cylinder|cylinders|torque|payload|legroom|headroom|dimensions|wheelbase|tread|auction|v6|v8",
        "clean|branded|lemon title",
        "title status|clean|branded",
        "owner|owners ?did|has|have|vehicle|before|does $",
        "one|1|single|previous|prior|past|how ?many owner|owners",
        "service|maintenance|repair records|record|history",
        "any|frame|hail|flood|water|body|known ?known|mechanical|major|other|hail|body damage|scratches|issues|problems|leaks|rips|stains",
        "gas|fuel mileage|economy|consumption|efficiency",
        "miles per gallon|charge",
        "it|that good on gas",
        "electric|battery|driving|its|the|what|real|ev ?is|the range",
        "range is|does|of|on",
        "how far can|will|does it|that|the|you",
        "battery health|life|degradation|pack|size",
        "engine size|is|does|options|type|has|hours|$",
        "towing|tow|hauling|pulling capacity|rating|limit|power",
        "how much|heavy ?can|will|does|could ?it|that|this|the ?one|@car tow|pull|haul|weigh",
        "ground clearance",
        "0|zero to 60|sixty",
        "cargo|trunk space|room|volume|capacity|size",
        "leg|head room",
        "how many people|seats|doors|keys|passengers",
        "how long has|have|had it|that|this|you|been|the",
        "days on ?the lot|market",
        "tires ?are|on|like|the ?like|new|good new|good|condition|look",
        "safety|crash ?test rating|ratings|score",
        "how reliable|safe|fast",
        "insurance cost|rates",
        "where did|does|was|is it|that|this|the|you ?@car|one ?come|get from|built|made|it",
        "history of|on",
        "vehicle history",
        "lease return",
        "traded|sold ?it ?in new|here|locally|originally",
        "open recall|recalls",
        "why is|are|was it|that|they|the ?@car|one ?price|being so|sold|cheap|low",
    ];
    PHOTOS = ["photo|picture|image|video|walkaround", "walk around"];
    COMPARE = [
        "compare|comparison|comparing|compared|vs|versus",
        "difference|differences|different between|in|from",
        "the difference",
        "which|what ?one|of|@car|ones ?of|would|do|the|those|them|these|you ?two|you|do ?is|has|are|gets|costs|you|the ?the|a better|cheaper|newer|cheapest|newest|lower|lowest|fewer|fewest|less|best|nicer|recommend|more|oldest|older|least|most",
        "side by side",
        "how do|does|is|would|will|did .. compare|stack|differ|measure|fare|hold ?up against|to|with|vs|versus|beside|next",
        "put|set|line ?it|that|this|them up|next|side|beside against|to|with|by",
        "measure|hold|stack|stacked up against|to|with|vs|versus|next|beside",
        "cheaper|newer|better|bigger|nicer than",
        "or the",
        "different about|between|from|than",
        "line|stack|size them|those|both|these ?all up",
        "head to head",
        "pros and cons",
        "all three|of them next|beside|against",
    ];
    SIMILAR = ["similar|comparable|alternative", "like it|that|this|them", "same kind|type|thing"];
    /// The same as before in all but what is said with it.
    SAME_BUT = [
        "same|exact ?thing|idea|deal|one|ones|kind|type|model|make|search|@car ?of ?thing|@car but|only|just|in|with|without|as",
        "same .. but|only|just",
        "it|that|this|those|these|one|ones|@car but ?in ?with ?as ?a|an|the ?not newer|cheaper|lower|less|fewer|automatic|manual|awd|4x4|hybrid|diesel|electric|new|used|red|blue|black|white|gray|silver|green",
        "^ but in|with|as",
    ];
    /// Words beside a colour that leave it a wish: "a blue one please".
    BESIDE_A_COLOR = [
        "a", "an", "the", "any", "some", "in", "or", "and", "one", "ones", "please", "maybe", "just", "only", "want",
        "color", "colored", "paint", "exterior", "got", "for", "my", "i", "like", "prefer", "would", "need",
    ];
    OTHERS = [
        "other|another|different one|ones|option|options|color|colors|@car|choices",
        "others",
        "another $",
        "any|anything|what|something|someone else",
        "more options|like|ones|choices|of",
        "any|some|see|show|got ?me more $",
        "any|some|see|show|got ?me more @car|of|like|ones|options",
    ];
    CHEAPER = ["cheaper|cheapest|cheap|inexpensive|affordable", "less|least expensive", "lower|lowest ?in price|priced|cost", "budget friendly"];
    PRICIEST = ["most expensive", "highest price|priced|end", "top of the line", "fanciest|nicest|priciest"];
    LOW_MILES = ["low|lower|lowest|least|fewest|fewer|less|minimal ?amount|number ?of ?the miles|mileage|mile", "not|without ?too|so many|much|high|lots ?of miles|mileage", "too many|high|much miles|mileage"];
    NEWEST = ["newest|latest", "most recent", "newer one|ones|model|models|@car|$", "anything|something|any|bit|little newer"];
    /// A quality that no filter covers: it is left to the search's own reading.
    VAGUE = [
        "good|great|better|easy|decent|best on|with gas",
        "good|great|better|best|high|decent gas|fuel mileage|economy",
        "good|great|better|best|high|decent mpg",
        "fuel efficient|economical",
        "gas saver",
        "reliable|dependable|sporty|luxury|luxurious|roomy|spacious|compact|midsize",
        "fun to drive",
        "mid|full size",
    ];
    /// When they will buy, or that they will not soon.
    TIMEFRAME = [
        "looking|planning|plan|going|hope|hoping|ready|want|wanting|need|thinking ?of|on|about ?to buy|buying|purchase|purchasing|get ?a|an|one|something|it|new|my|another|used ?@car|new|used|one ?@car in|within|by|next|soon|before|sometime|around|after|this",
        "just|only|mostly looking|browsing|researching|shopping ?around ?for ?now $",
        "just browsing|researching|shopping",
        "not ready ?to buy|yet",
        "not in a|any hurry|rush",
        "no rush|hurry",
        "time frame",
        "timeframe|timeline",
        "need ?it|one|a|something|car|truck ?new ?@car by|before ?the ?end|next|of @day|next|end|summer|winter|school|month|year",
        "in a|the few|couple|next ?of months|weeks|month|year",
    ];
    /// Points at one vehicle already spoken of.
    PRONOUN = [
        "it|its",
        "that|this ?same one|@car",
        "the ?same @car|one",
        "is|does|has|about|on|of|for that|this",
        "that|this $",
    ];
    /// Points at several.
    PLURAL = [
        "which ?one|ones ?of ?them|those|these has|have|is|are|comes|come|got",
        "they|them|those|these|both|either|neither",
        "all|any|each|which|none|some ?of three|two|3|2|four|4|them|those|these",
        "the two|three",
    ];
    /// "It" and "that" that point at nothing.
    EMPTY_IT = [
        "make|made it|that",
        "is it|that|this ?be possible|okay|cool|alright|too|fine|true|right|correct|necessary",
        "is it|that|this a|an ?big|real problem|issue|must|requirement|bother|hassle|bot|robot|ai|human|person|machine|holiday|scam|walk|appointment",
        "it|that is|was|would|sounds|works|will ?be possible|okay|fine|me|about|just|been|great|good|nice|perfect|all|what|why|when",
        "think|guess about it",
        "what time is it",
        "how is it going",
        "how does|would it|this|that work",
        "it works|work if|for",
        "got it",
        "do|like that",
    ];
}
