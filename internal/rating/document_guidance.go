package rating

type gateRow struct {
	Code, Title   string
	FailsWhen     string `json:"fails_when"`
	Variants      []variantRow
	Unknown       map[string]Effect
	UnknownAdvice string `json:"unknown_advice"`
	UnknownFineIf string `json:"unknown_is_fine_if_ok"` // another gate's code
	LapsesAfter   int    `json:"lapses_after_days"`     // a failed event older than this is over; 0 is never
	GoodFor       int    `json:"good_for_days"`         // an ok item older than this has expired; 0 is never
	SeniorGoodFor int    `json:"senior_good_for_days"`
	FromAgeWeeks  int    `json:"from_age_weeks"` // does not apply to younger cats
	Derived       *derivedRule
}

type variantRow struct {
	Severity         string
	Effects          map[string]Effect
	Limits           map[string]string
	StopsIndoorSteps bool `json:"stops_indoor_steps"`
	LapsesAfter      int  `json:"lapses_after_days"`
	Derived          *derivedRule
}

// derivedRule opens a gate from a fact about the cat instead of a health item.
type derivedRule struct {
	Fact  string // age_weeks, age_years or days_in_home
	From  int
	Below *int
	Above *int
}

type factorSteps struct {
	Trait string
	Steps []struct {
		AtLeast float64 `json:"at_least"`
		Factor  float64
	}
	Otherwise float64
}

type trainingRules struct {
	Speed []struct{ Score, Factor float64 }
	Age   []struct {
		BelowWeeks int `json:"below_weeks"`
		BelowYears int `json:"below_years"`
		ToYears    int `json:"to_years"`
		Factor     float64
	}
	Food           factorSteps
	Experience     factorSteps
	Progress       factorSteps
	ConfidenceAdds [2]float64 `json:"confidence_adds_weeks"`
	ReadyNow       [2]float64 `json:"ready_now_weeks"`
	Low            [2]float64 `json:"low_weeks"`
	High           [2]float64 `json:"high_weeks"`
}

type planRules struct {
	LeashActivity    string `json:"leash_activity"`
	BackpackActivity string `json:"backpack_activity"`
	SettleDays       int    `json:"settle_days"`
	Steps            []stepRow
	DoneTrait        string `json:"done_trait"`
	BackpackFirst    struct {
		ScoreLead    float64 `json:"score_lead"`
		Trait        string
		Below        float64
		HarnessTrait string  `json:"harness_trait"`
		HarnessTo    float64 `json:"harness_to"`
	} `json:"backpack_first"`
	Modifiers  []modifierRow
	Rules      []string
	FirstSteps map[string]Advice `json:"first_steps"`
}

type stepRow struct {
	Code, Title, Do string
	MoveOnWhen      string `json:"move_on_when"`
	Share           float64
	MinDays         int     `json:"min_days"`
	DoneAt          float64 `json:"done_at"` // mean of the done trait from which the step is behind; 0 is never
	Indoors         bool
}

// modifierRow applies when its trait is estimated below a value, when any of
// its gates has failed, or when any of its facts holds.
type modifierRow struct {
	Code  string
	Trait string
	Below float64
	Gates []string
	Facts []string
	Text  string
}

type gearRules struct {
	DefaultStyles []string `json:"default_styles"`
	StyleRules    []struct {
		modifierRow
		Styles        []string
		SideFastening bool `json:"side_fastening"`
		Adjustable    bool
	} `json:"style_rules"`
	Never []string
	Sizes []struct {
		Code    string
		BelowCm float64 `json:"below_cm"`
		Note    string
	}
	SizeNote string `json:"size_note"`
	AskGirth string `json:"ask_girth"`
	Fit      string
	Backpack struct {
		LoadFactor   float64 `json:"load_factor"`
		LengthMargin float64 `json:"length_margin_cm"`
		Sizes        []struct {
			BelowKg  float64 `json:"below_kg"`
			InsideCm [3]int  `json:"inside_cm"`
			Note     string
		}
		Features []string
	}
	OutingKit []string `json:"outing_kit"`
}

type conditionRules struct {
	PavementTest         int                               `json:"pavement_test_seconds"`
	NoAsphaltFrom        int                               `json:"no_asphalt_from_c"`
	NoWalksFrom          int                               `json:"no_walks_from_c"`
	BackpackShortFrom    int                               `json:"backpack_short_from_c"`
	BackpackShortMinutes int                               `json:"backpack_short_minutes"`
	NoBackpackFrom       int                               `json:"no_backpack_from_c"`
	ShortBelow           int                               `json:"short_below_c"`
	NoneBelow            int                               `json:"none_below_c"`
	StricterBy           int                               `json:"stricter_by_c"`
	StricterFor          []struct{ Gate, Severity string } `json:"stricter_for"`
	Rules                []string
}
