package rating

// document is a rubric as its file writes it, as far as the arithmetic reads
// it. What only people read (tasks, evidence, terms) stays in the file, which
// Rubric.JSON hands out whole.
type document struct {
	ID         string `json:"id"`
	Version    string `json:"version"`
	Disclaimer string `json:"disclaimer"`
	Model      model  `json:"model"`
	Roles      []roleRow
	Listing    struct {
		GradeCap string `json:"grade_cap"` // the best grade that hints alone can reach
	}
	Contexts       []contextRow
	Settling       settlingTable
	Recency        recencyTable
	KittenRecency  recencyTable `json:"kitten_recency"`
	KittenWeeks    int          `json:"kitten_below_weeks"`
	Repeat         []float64
	Traits         []traitRow
	Imports        []importRow
	IndoorActivity struct{ Code, Readiness string } `json:"indoor_activity"`
	Activities     []activityRow
	BestFitTies    []string `json:"best_fit_ties"`
	Bands          []bandRow
	Grades         []gradeRow
	Conflict       conflictRules
	Evidence       evidenceRules
	Readiness      readinessRules
	Reassess       reassessRules
	Gates          []gateRow
	AllowedNow     struct {
		Always      string
		IndoorSteps string `json:"indoor_steps"`
	} `json:"allowed_now"`
	Training   trainingRules
	Plan       planRules
	Gear       gearRules
	Conditions conditionRules
	StopSigns  StopSigns `json:"stop_signs"`
	Cautions   []Advice
	Reasons    map[string]string
	Shown      shownRules
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
	Contexts []string // the only contexts this role may report; empty is all
	Hint     bool     // nobody saw the cat: what this role says hints, and makes nothing seen
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

type traitRow struct {
	ID, Code, Title string
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
	NewestDays  int `json:"newest_days"` // 0 is any age
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
	Confidence     int `json:"confidence_days"`
	KittenOrGradeD int `json:"kitten_or_grade_d_days"`
	Otherwise      int `json:"otherwise_days"`
}

type shownRules struct {
	ReasonPoints     float64 `json:"reason_points"`
	Strengths        int
	Weaknesses       int `json:"limits"`
	Opportunities    int
	NextObservations int `json:"next_observations"`
}
