// Package errcode declares the codes of errors and warnings, and what each means. Responses,
// docs/errors.md, the page /docs/errors and the enums of the OpenAPI document use its table. It
// depends on no other package.
package errcode

// Code identifies an error or a warning for programs. Codes are stable.
type Code string

// None is the code of errors that only the command line shows.
const None Code = ""

// Requests that cannot be read.
const (
	InvalidParameters       Code = "invalid_parameters"
	MalformedQuery          Code = "malformed_query"
	MalformedHeader         Code = "malformed_header"
	MalformedID             Code = "malformed_id"
	MalformedBody           Code = "malformed_body"
	MalformedForm           Code = "malformed_form"
	MalformedIdempotencyKey Code = "malformed_idempotency_key"
	IncompleteBody          Code = "incomplete_body"
	BodyTooSlow             Code = "body_too_slow"
	BodyTooLarge            Code = "body_too_large"
	URLTooLong              Code = "url_too_long"
	UnsupportedMediaType    Code = "unsupported_media_type"
	HeaderTooLarge          Code = "header_too_large"
	ClientClosedRequest     Code = "client_closed_request"
)

// Access.
const (
	Unauthorized    Code = "unauthorized"
	MissingScope    Code = "missing_scope"
	NoPartner       Code = "no_partner"
	NotYours        Code = "not_yours"
	TooManyRequests Code = "too_many_requests"
)

// Resources.
const (
	NotFound            Code = "not_found"
	MethodNotAllowed    Code = "method_not_allowed"
	CatRemoved          Code = "cat_removed"
	Erased              Code = "erased"
	FileDeleted         Code = "file_deleted"
	RangeNotSatisfiable Code = "range_not_satisfiable"
)

// Conflicts.
const (
	Conflict              Code = "conflict"
	AlreadyExists         Code = "already_exists"
	VersionMismatch       Code = "version_mismatch"
	AssessmentSuperseded  Code = "assessment_superseded"
	AssessmentWithdrawn   Code = "assessment_withdrawn"
	QuotaExceeded         Code = "quota_exceeded"
	IdempotencyKeyRunning Code = "idempotency_key_running"
	IdempotencyKeyReused  Code = "idempotency_key_reused"
	KeyShownOnce          Code = "key_shown_once"
	SecretShownOnce       Code = "secret_shown_once"
	KeyNotValid           Code = "key_not_valid"
	AlreadyRotated        Code = "already_rotated"
	LastKey               Code = "last_key"
	OutlivesKey           Code = "outlives_key"
)

// Imports and their files.
const (
	ConfirmationRequired Code = "confirmation_required"
	ImportRunning        Code = "import_running"
	FormatNotActive      Code = "format_not_active"
	FormatNotTried       Code = "format_not_tried"
	UnknownFormat        Code = "unknown_format"
	AmbiguousFormat      Code = "ambiguous_format"
	WrongFormat          Code = "wrong_format"
	FileTooLarge         Code = "file_too_large"
	EmptyFile            Code = "empty_file"
	NoRows               Code = "no_rows"
	NotATable            Code = "not_a_table"
	NotOneTable          Code = "not_one_table"
	TooManyEntries       Code = "too_many_entries"
	Encrypted            Code = "encrypted"
	Corrupt              Code = "corrupt"
	CutOff               Code = "cut_off"
	BadJSON              Code = "bad_json"
	BadXML               Code = "bad_xml"
	LineTooLong          Code = "line_too_long"
	TooManyColumns       Code = "too_many_columns"
	TooManyRows          Code = "too_many_rows"
	NoDates              Code = "no_dates"
	BadFormat            Code = "bad_format"
	BadFormatName        Code = "bad_format_name"
)

// Pages and the change log.
const (
	BadCursor     Code = "bad_cursor"
	CursorExpired Code = "cursor_expired"
	CursorTooOld  Code = "cursor_too_old"
	LogReset      Code = "log_reset"
	SeqNotReached Code = "seq_not_reached"
)

// Content.
const (
	Invalid       Code = "invalid"
	BatchRejected Code = "batch_rejected"
	CatNotAdopted Code = "cat_not_adopted"
)

// The server.
const (
	Internal             Code = "internal"
	Unavailable          Code = "unavailable"
	IndexNotReady        Code = "index_not_ready"
	Overloaded           Code = "overloaded"
	TooManyImports       Code = "too_many_imports"
	TooManyDownloads     Code = "too_many_downloads"
	ExportConflict       Code = "export_conflict"
	DatabaseReadOnly     Code = "database_read_only"
	DatabaseFileReplaced Code = "database_file_replaced"
	SecretKeyMissing     Code = "secret_key_missing"
	StorageFull          Code = "storage_full"
)

// Fields and parameters.
const (
	Required         Code = "required"
	Empty            Code = "empty"
	UnknownParameter Code = "unknown_parameter"
	UnknownField     Code = "unknown_field"
	UnknownValue     Code = "unknown_value"
	UnknownPlace     Code = "unknown_place"
	WrongType        Code = "wrong_type"
	Malformed        Code = "malformed"
	OutOfRange       Code = "out_of_range"
	TooLong          Code = "too_long"
	TooMany          Code = "too_many"
	Duplicate        Code = "duplicate"
	UnknownPhoto     Code = "unknown_photo"
	PhotosNotKept    Code = "photos_not_kept"
	UnsupportedImage Code = "unsupported_image"
	CorruptImage     Code = "corrupt_image"
	ImageTooLarge    Code = "image_too_large"
	Repeated         Code = "repeated"
	ReadOnly         Code = "read_only"
	Reserved         Code = "reserved"
	InTheFuture      Code = "in_the_future"
	InThePast        Code = "in_the_past"
	Ambiguous        Code = "ambiguous"
	NeedsNear        Code = "needs_near"
	NeedsRandom      Code = "needs_random"
	OneActivity      Code = "one_activity"
	NotAssessed      Code = "not_assessed"
	NoWords          Code = "no_words"
	EmptyPhrase      Code = "empty_phrase"
	TooFar           Code = "too_far"
	URLNotAllowed    Code = "url_not_allowed"
	NotSubscribed    Code = "not_subscribed"
	NotForPartners   Code = "not_for_partners"
	UnknownRubric    Code = "unknown_rubric"
	NotTried         Code = "not_tried"
	TooEarly         Code = "too_early"
	BeforeAdoption   Code = "before_adoption"
	BeforeBirth      Code = "before_birth"
	Expired          Code = "expired"
	RoleNotAllowed   Code = "role_not_allowed"
	RoleMayNotAssess Code = "role_may_not_assess"
	NotInContext     Code = "not_in_context"
	TooEarlyInPlace  Code = "too_early_in_place"
	UnknownTrait     Code = "unknown_trait"
	UnknownRole      Code = "unknown_role"
	UnknownContext   Code = "unknown_context"
	UnknownCode      Code = "unknown_code"
	UnknownStatus    Code = "unknown_status"
	UnknownSeverity  Code = "unknown_severity"
)

// Warnings.
const (
	NotUnderstood   Code = "not_understood"
	ImpossibleValue Code = "impossible_value"
	AmbiguousDate   Code = "ambiguous_date"
	Placeholder     Code = "placeholder"
)

// Token endpoint.
const (
	InvalidRequest       Code = "invalid_request"
	InvalidClient        Code = "invalid_client"
	InvalidScope         Code = "invalid_scope"
	UnsupportedGrantType Code = "unsupported_grant_type"
)
