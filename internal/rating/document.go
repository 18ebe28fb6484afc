package rating

// document is the part of a rubric's JSON document that the arithmetic uses.
// Rubric.JSON returns the whole document, with tasks, evidence and terms.
type document struct {
	ID         string `json:"id"`
	Version    string `json:"version"`
	Disclaimer string `json:"disclaimer"`
	Model      model  `json:"model"`
	Roles      []roleRow
	Listing    struct {
		GradeCap string `json:"grade_cap"` // best grade that hints alone can reach
		Grade    string // grade of hints alone; empty for that of GradeCap
	}
	Contexts        []contextRow
	Settling        settlingTable
	Recency         recencyTable
	KittenRecency   recencyTable `json:"kitten_recency"`
	KittenWeeks     int          `json:"kitten_below_weeks"`
	Repeat          []float64
	Traits          []traitRow
	Imports         []importRow
	IndoorActivity  struct{ Code, Readiness string } `json:"indoor_activity"`
	Activities      []activityRow
	BestFitTies     []string     `json:"best_fit_ties"`
	BestFit         bestFitRules `json:"best_fit"`
	Bands           []bandRow
	Grades          []gradeRow
	GradeNeedsScore bool `json:"grade_needs_score"` // an activity without a score has no grade from observations
	Conflict        conflictRules
	Evidence        evidenceRules
	Readiness       readinessRules
	Reassess        reassessRules
	Gates           []gateRow
	AllowedNow      struct {
		Always      string
		IndoorSteps string `json:"indoor_steps"`
	} `json:"allowed_now"`
	Training    trainingRules
	Plan        planRules
	Gear        gearRules
	Conditions  conditionRules
	StopSigns   StopSigns `json:"stop_signs"`
	AfterOuting []string  `json:"after_outing"`
	SlippedGear []string  `json:"slipped_gear"`
	Cautions    []Advice
	ForReaders  readerTexts `json:"for_readers"`
	Reasons     map[string]string
	Shown       shownRules
}

type model struct {
	LevelPoints      []int   `json:"level_points"`
	Middle           float64 `json:"middle"`
	SharedVariance   float64 `json:"shared_variance"`
	TraitVariance    float64 `json:"trait_variance"`
	AssessorVariance float64 `json:"assessor_variance"`
	RangeZ           float64 `json:"range_z"`
}

type roleRow struct {
	Code     string
	Weight   float64
	Contexts []string // contexts that this role may report; empty allows all
	Hint     bool     // observations of this role are hints, which do not count as evidence
	Record   bool     // so are those of this role, which answers in a shelter's software give
}

type contextRow struct {
	Code            string
	Weight          float64
	IgnoresSettling bool `json:"ignores_settling"`
}

type settlingTable struct {
	Unknown     float64
	SettledFrom int `json:"settled_from_day"`
	Steps       []struct {
		BelowDays int `json:"below_days"`
		Factor    float64
	}
	After float64
}

type recencyTable struct {
	Steps []struct {
		ToDays int `json:"to_days"`
		Factor float64
	}
	After float64
}

// bestFitRules select the easiest of about equally suitable activities. Their zero
// value selects the highest score.
type bestFitRules struct {
	Within     float64 `json:"within_points"` // the easiest activity within these points of the highest score
	NeedsScore bool    `json:"needs_score"`   // an unassessed cat has no best fit, instead of indoor enrichment
}

// readerTexts are templates of texts for staff and for adopters. They are empty in
// rubrics without such texts.
type readerTexts struct {
	Look string // for staff: {trait} and {task}
	Ask  string // for adopters: {question}
}

type traitRow struct {
	ID, Code, Title string
	Task, Question  string
	Assessors       []string
	NotInContexts   []string `json:"not_in_contexts"`
	IgnoresSettling bool     `json:"ignores_settling"`
	NeedsDays       []struct {
		Role string
		Days int
	} `json:"needs_days_in_place"`
}

type importRow struct {
	Code, Trait string
	From        int
	Steps       []struct{ To, Level int }
}

type activityRow struct {
	Code           string
	Mix            int            `json:"mix_percent"`
	WeightsPercent map[string]int `json:"weights_percent"`
	Core           []string
	Must           []string
	Floor          []string
	Skill          [][]struct {
		Trait   string
		AtLeast float64 `json:"at_least"`
	}
	NotAbove   string `json:"not_above"`
	ReadyNeeds string `json:"ready_needs"`
	Training   struct {
		Weeks            [2]float64
		ProgressTrait    string   `json:"progress_trait"`
		ExperienceCounts bool     `json:"experience_counts"`
		AfterShortestOf  []string `json:"after_shortest_of"`
	}
}

type bandRow struct {
	Code    string
	From    float64
	Wording string
}

type gradeRow struct {
	Code        string
	Reliability float64
	Assessors   float64
	Contexts    int
	NewestDays  int `json:"newest_days"` // 0 allows any age
}

type conflictRules struct {
	WithinDays          int     `json:"within_days"`
	BaseWeight          float64 `json:"base_weight"`
	TraitPercent        int     `json:"trait_percent"`
	OneTraitLevels      int     `json:"one_trait_levels"`
	SeveralTraits       int     `json:"several_traits"`
	SeveralTraitsLevels int     `json:"several_traits_levels"`
	GradeCap            string  `json:"grade_cap"`
}

type evidenceRules struct {
	SingleBelow float64 `json:"single_assessor_below"`
	EarlyAbove  float64 `json:"early_share_above"`
	StaleAfter  int     `json:"stale_after_days"`
}

type readinessRules struct {
	CoreNeeded       int     `json:"core_needed"`
	SeenWeight       float64 `json:"seen_weight"`
	Reliability      float64
	ConfidenceBelow  float64 `json:"confidence_below"`
	FloorBelow       float64 `json:"floor_below"`
	FloorMarks       int     `json:"floor_marks"`
	FloorMarkWeight  float64 `json:"floor_mark_weight"`
	ReadyScore       float64 `json:"ready_score"`
	ReadyLow         float64 `json:"ready_low"`
	ReadyReliability float64 `json:"ready_reliability"`
	ReadyFloor       float64 `json:"ready_floor"`
}

type reassessRules struct {
	Confidence     int  `json:"confidence_days"`
	KittenOrGradeD int  `json:"kitten_or_grade_d_days"`
	Otherwise      int  `json:"otherwise_days"`
	NeedsScore     bool `json:"needs_score"` // nothing is to be assessed again before it is assessed
}

type shownRules struct {
	ReasonPoints     float64 `json:"reason_points"`
	Strengths        int
	Weaknesses       int `json:"limits"`
	Opportunities    int
	NextObservations int `json:"next_observations"`
}

type gateRow struct {
	Code, Title          string
	FailsWhen            string `json:"fails_when"`
	Variants             []variantRow
	Unknown              map[string]Effect
	UnknownAdvice        string `json:"unknown_advice"`
	UnknownAdopterAdvice string `json:"unknown_adopter_advice"`
	UnknownFineIf        string `json:"unknown_is_fine_if_ok"` // code of another gate
	ReportedOK           bool   `json:"reported_ok_is_enough"` // for UnknownFineIf
	FineForMales         bool   `json:"unknown_is_fine_for_males"`
	AtAdoption           string `json:"at_adoption"` // advice while the shelter will do it at adoption; empty if it cannot
	Resolution           Resolution
	Advice               string
	AdopterAdvice        string `json:"adopter_advice"`
	LapsesAfter          int    `json:"lapses_after_days"` // days after which a failure no longer counts; 0 for never
	GoodFor              int    `json:"good_for_days"`     // days after which an ok item expires; 0 for never
	SeniorGoodFor        int    `json:"senior_good_for_days"`
	FromAgeWeeks         int    `json:"from_age_weeks"` // the gate does not apply to younger cats
	Derived              *derivedRule
}

type variantRow struct {
	Severity         string
	Effects          map[string]Effect
	Limits           map[string]string
	StopsIndoorSteps bool `json:"stops_indoor_steps"`
	NoOutings        bool `json:"no_outings"` // restricted activities are for indoors
	Resolution       Resolution
	Advice           string
	AdopterAdvice    string `json:"adopter_advice"`
	LapsesAfter      int    `json:"lapses_after_days"`
	Derived          *derivedRule
}

// derivedRule opens a gate by a fact about the cat instead of a health item.
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
	FirstSteps map[string]firstStepRow `json:"first_steps"`
	Blocked    blockedTexts
}

type firstStepRow struct {
	Code, Text  string
	AdopterText string `json:"adopter_text"`
}

// blockedTexts are the sentences for an activity that open gates block. {gates} are
// their titles and {date} is the first day without those that end by themselves.
// Without the sentences, a rubric has one text for all blocked activities, and only
// a hold blocks steps outdoors.
type blockedTexts struct {
	Lasts, Wait, Settle string
	WaitUndated         string `json:"wait_undated"`
	AdopterSettle       string `json:"adopter_settle"`
	IndoorPractice      string `json:"indoor_practice"`
	IndoorEnrichment    string `json:"indoor_enrichment"`
}

type stepRow struct {
	Code, Title, Do string
	MoveOnWhen      string `json:"move_on_when"`
	Share           float64
	MinDays         int     `json:"min_days"`
	DoneAt          float64 `json:"done_at"` // mean of the done trait from which the step is done; 0 for never
	Indoors         bool
}

// modifierRow applies if its trait is estimated below Below, if any of its gates
// has failed, or if any of its facts is true.
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
