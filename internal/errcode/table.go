package errcode

import "slices"

// Place is a set of the places in responses where a code appears.
type Place uint8

// The places.
const (
	Problem Place = 1 << iota // code of a problem
	Field                     // errors[].code of a problem, a row of a bulk request or an import format
	Warning                   // warnings[].code of a written cat or an import
	Filter                    // warnings[].code of a list
	Ignored                   // code of an observation that does not count in a rating
	OAuth                     // error of the token endpoint
)

// Entry is a code with its meaning. Texts are Markdown.
type Entry struct {
	Code     Code
	Places   Place
	Statuses []int  // HTTP statuses of the problem; nil if it is not the code of a problem
	Meaning  string // what happened
	Action   string // what the caller can do
}

// Group is a group of codes with a heading.
type Group struct {
	Title   string
	Entries []Entry
}

// In returns the codes of a place, sorted.
func In(place Place) []Code {
	var codes []Code
	for _, g := range Table() {
		for _, e := range g.Entries {
			if e.Places&place != 0 {
				codes = append(codes, e.Code)
			}
		}
	}
	slices.Sort(codes)
	return codes
}

// Table returns all codes, grouped.
func Table() []Group {
	return []Group{
		{"Requests that cannot be read", []Entry{
			{InvalidParameters, Problem, []int{400}, "A query parameter or header field of a form is wrong; `errors` lists each.", "Correct the parameters that `errors` names."},
			{MalformedQuery, Problem, []int{400}, "The query of the URL cannot be parsed.", "Escape percent signs and semicolons in values, and send UTF-8."},
			{MalformedHeader, Problem, []int{400}, "A request header has no valid value; `detail` names it.", "Send the value of an earlier response."},
			{MalformedID, Problem | Field, []int{400}, "An ID does not have the form of IDs of its kind.", "Send the ID as a response contained it."},
			{MalformedBody, Problem, []int{400}, "The body is not valid JSON, or not an object.", "Send valid JSON in UTF-8. `detail` says where it ends to be valid."},
			{MalformedForm, Problem, []int{400}, "The multipart form cannot be parsed, or has no part named `file`.", "Send the file in a part named `file`, as `curl -F file=@pets.csv` does."},
			{MalformedIdempotencyKey, Problem, []int{400}, "The Idempotency-Key is too long or has other than printable ASCII characters.", "Send a key such as a UUID."},
			{IncompleteBody, Problem, []int{400}, "The request body ended early.", "Send the request again."},
			{BodyTooSlow, Problem, []int{408}, "The request body did not arrive in time.", "Send it over a faster connection, or in several smaller requests."},
			{BodyTooLarge, Problem, []int{413}, "The request body is larger than this endpoint accepts.", "Send several smaller requests; `detail` states the limit."},
			{URLTooLong, Problem, []int{414}, "The URL is longer than the server accepts.", "Send fewer or shorter parameters."},
			{UnsupportedMediaType, Problem, []int{415}, "The Content-Type of the body is not one that the endpoint reads.", "Send one of the types that `detail` names."},
			{HeaderTooLarge, Problem, []int{431}, "The request headers are larger than the server accepts.", "Send fewer or shorter headers."},
			{ClientClosedRequest, Problem, []int{499}, "The connection was closed before the response was sent. Only the log of the server shows it.", "Send the request again, with a longer time limit."},
		}},
		{"Access", []Entry{
			{Unauthorized, Problem, []int{401}, "The request has no valid API key or access token.", "Send a valid key as `Authorization: Bearer …`; the key may have expired or been revoked."},
			{MissingScope, Problem | Warning, []int{403}, "The key lacks a scope that the endpoint requires. In `warnings` of an import: assessments were left out.", "Use a key with the scope that `detail` or `message` names."},
			{NoPartner, Problem, []int{403}, "The key belongs to no partner, and may only rotate and revoke itself.", "Ask the operator of the server for another key."},
			{NotYours, Problem, []int{403}, "The cat or shelter belongs to another partner.", "`GET /v1/me` lists the shelters of your key."},
			{TooManyRequests, Problem, []int{429}, "The rate limit of the key or the IP address is exceeded.", "Wait for the time in `Retry-After`; the `RateLimit` headers show what is left."},
		}},
		{"Resources", []Entry{
			{NotFound, Problem | Field, []int{404}, "The resource or the path does not exist, or you may not see it.", "Check the ID and the path."},
			{MethodNotAllowed, Problem, []int{405}, "The path does not support the method.", "Use a method of the `Allow` header."},
			{CatRemoved, Problem, []int{410}, "The cat is no longer listed.", "Stop showing it, and remove your copy."},
			{Erased, Problem | Field, []int{410}, "The cat or shelter, or a stored response about one, was erased for good.", "Delete your copy."},
			{FileDeleted, Problem, []int{410}, "The file of the import was deleted; its report is kept.", "Use the report, or send the file again."},
			{RangeNotSatisfiable, Problem, []int{416}, "The requested range is outside of the export.", "Request a range within its size, which `detail` states."},
		}},
		{"Conflicts", []Entry{
			{Conflict, Problem | Field, []int{409}, "Another request changed the same thing at the same time. Of a field: it contradicts another field or the URL.", "Send the request again. Of a field: send only one of the two, or correct it."},
			{AlreadyExists, Problem | Field, []int{409, 412}, "The shelter already has a cat with this external ID (412 with `If-None-Match: *`).", "Use PUT or PATCH to change it."},
			{VersionMismatch, Problem | Field, []int{412}, "The resource has another version than `If-Match` requires, or does not exist.", "Read it again, and repeat the change with its new ETag."},
			{AssessmentSuperseded, Problem, []int{409}, "The assessment was corrected, and cannot be changed any more.", "Change its correction, whose ID is in `detail`."},
			{AssessmentWithdrawn, Problem, []int{409}, "The assessment was withdrawn.", "Record a new one."},
			{QuotaExceeded, Problem | Field, []int{409}, "The partner or shelter has as many resources of this kind as it may have.", "Delete some that are no longer needed, or ask the operator for a higher quota."},
			{IdempotencyKeyRunning, Problem, []int{409}, "A request with this Idempotency-Key is in progress.", "Repeat it in a moment to get its response."},
			{IdempotencyKeyReused, Problem, []int{422}, "The Idempotency-Key was used for a different request.", "Use a new key for each request."},
			{KeyShownOnce, Problem, []int{409}, "The request created a key, which is only shown once and cannot be repeated.", "Revoke that key and create another one with a new Idempotency-Key. After a rotation, rotate the old key again."},
			{SecretShownOnce, Problem, []int{409}, "The request created a secret, which is only shown once and cannot be repeated.", "Rotate the secret with a new Idempotency-Key."},
			{KeyNotValid, Problem, []int{409}, "The key was revoked or has expired, so it cannot be rotated.", "Create a new key."},
			{AlreadyRotated, Problem, []int{409}, "The key was rotated before, and the key that replaced it is in use.", "Rotate that one; `detail` names it."},
			{LastKey, Problem, []int{409}, "The key is your last lasting one with some of its scopes.", "Create or rotate a key first, or send `allow_last=true`."},
			{OutlivesKey, Problem | Field, []int{403}, "The key would last longer than the one that creates or rotates it.", "Send no `expires_at`, or one that is not after that of your key, or use a key that lasts as long."},
		}},
		{"Imports and their files", []Entry{
			{ConfirmationRequired, Problem | Field, []int{409}, "The snapshot would remove so many cats that it needs a confirmation. Nothing was imported.", "Check the file. If it is right, send it again with the token of `Trailcat-Confirm` as `confirm`."},
			{ImportRunning, Problem, []int{409}, "An import for the shelter is running.", "Repeat the request when it has finished; `GET /v1/imports` shows its progress."},
			{FormatNotActive, Problem, []int{409}, "The format of the shelter is not active.", "Activate it, or name another format."},
			{FormatNotTried, Problem, []int{409}, "The version of the format was not tried before it is to be active.", "Import a file with `dry_run=true` first."},
			{UnknownFormat, Problem, []int{400}, "The file matches no format, or the format that you name does not exist.", "Name a format of `GET /v1/import-formats`, or write one of your own."},
			{AmbiguousFormat, Problem, []int{400}, "The file matches several formats.", "Name the right one as `format`."},
			{WrongFormat, Problem, []int{400}, "The file does not match the format that you name.", "Name another format, or export the file again with all columns."},
			{FileTooLarge, Problem, []int{413}, "The file is too large after decompression.", "Split it and import the parts."},
			{EmptyFile, Problem, []int{400}, "The file is empty.", "Export it again."},
			{NoRows, Problem, []int{400}, "The file has a header but no rows.", "Export it again, with listings."},
			{NotATable, Problem, []int{400}, "The file is not a table, but for example an Excel file or a web page.", "Save the sheet as CSV and import that."},
			{NotOneTable, Problem, []int{400}, "The zip file has no table, or several.", "Send one table in a zip file."},
			{TooManyEntries, Problem, []int{400}, "The zip file has too many entries.", "Send the table without the photos."},
			{Encrypted, Problem, []int{400}, "The zip file is protected by a password.", "Send it without one."},
			{Corrupt, Problem, []int{400}, "The compressed file is corrupt.", "Export or download it again."},
			{CutOff, Problem, []int{400}, "The gzip file is truncated.", "Export or download it again."},
			{BadJSON, Problem, []int{400}, "The file is not valid JSON.", "Correct it at the line that `detail` names, or export it again."},
			{BadXML, Problem, []int{400}, "The file is not valid XML.", "Correct it at the line that `detail` names, or export it again."},
			{LineTooLong, Problem, []int{400}, "The line of the header is too long for a table.", "Check that the file is a table with a header and one row per cat."},
			{TooManyColumns, Problem, []int{400}, "The header has too many columns.", "Remove columns that are not needed."},
			{TooManyRows, Problem, []int{400, 413}, "The file has too many rows (400), or the stream too many cats (413).", "Split it and send the parts."},
			{NoDates, Problem, []int{400}, "The column that decides which row of a cat is the newest has no dates.", "Correct the column, or the format that names it."},
			{BadFormat, Problem, []int{422}, "The definition of an import format is not valid; `errors` lists each line.", "Correct the lines that `errors` names."},
			{BadFormatName, Problem, []int{422}, "The name is not a valid name of a format, or belongs to a built-in one.", "Choose another name of lower-case letters, digits and hyphens."},
		}},
		{"Pages and the change log", []Entry{
			{BadCursor, Problem | Field, []int{400}, "The cursor is not one of this list, or of other parameters.", "Send the `next_cursor` of a page with the same parameters, or begin without a cursor."},
			{CursorExpired, Problem, []int{400}, "The page after this cursor is no longer available.", "Begin again without a cursor."},
			{CursorTooOld, Problem, []int{410}, "The cursor is older than the retained change log.", "Load a new export from `/v1/exports/cats` and continue with its cursor."},
			{LogReset, Problem, []int{410}, "The cursor belongs to another database, or to changes that were lost in a failover or by a restored backup.", "Load a new export from `/v1/exports/cats` and continue with its cursor."},
			{SeqNotReached, Problem, []int{503}, "The server does not reflect the number in `Trailcat-Min-Seq` yet.", "Retry in a second."},
		}},
		{"Content", []Entry{
			{Invalid, Problem | Field, []int{422}, "The content of the body is not valid; `errors` lists each field. Of a field: its text is not valid.", "Correct the fields that `errors` names."},
			{BatchRejected, Problem, []int{422}, "A row of the atomic request is not valid, so nothing was written.", "Correct the rows with errors, or send the request without `atomic`."},
			{CatNotAdopted, Problem, []int{422}, "Outcomes are for adopted cats, and this cat is not one.", "Set its status to `adopted` first."},
		}},
		{"The server", []Entry{
			{Internal, Problem, []int{500}, "An internal error occurred.", "Try again. If the error persists, contact support with the `request_id`."},
			{Unavailable, Problem | Field, []int{503}, "The database, or the storage of photos, is unavailable. A write may not have been applied.", "Check and retry after the time in `Retry-After`."},
			{IndexNotReady, Problem, []int{503}, "The server is still loading the listings.", "Retry after the time in `Retry-After`."},
			{Overloaded, Problem | Field, []int{503}, "The server receives more writes than it can process. Nothing was written.", "Retry after the time in `Retry-After`."},
			{TooManyImports, Problem, []int{503}, "The server runs as many imports as it can at once. Nothing was imported.", "Retry after the time in `Retry-After`."},
			{PhotosNotKept, Problem, []int{503}, "The server keeps no photos.", "Send the addresses of photos; the operator of the server can set `--photo-dir`."},
			{TooManyDownloads, Problem, []int{503}, "Too many exports are sent without compression at once.", "Send `Accept-Encoding: zstd` or `gzip`, or retry in 30 seconds."},
			{ExportConflict, Problem, []int{503}, "Shelters changed while the export was created.", "Retry in a moment."},
			{DatabaseReadOnly, Problem | Field, []int{503}, "The database accepts no writes, as during a failover.", "Retry after the time in `Retry-After`. Operators: see `/readyz`."},
			{DatabaseFileReplaced, Problem, []int{503}, "The file of the database was removed or replaced while the server runs.", "The operator of the server must restart it."},
			{SecretKeyMissing, Problem, []int{503}, "The server lacks the key that decrypts stored secrets.", "The operator of the server must configure the key; retrying does not help."},
			{StorageFull, Problem | Field, []int{507}, "The storage of the database, or that of photos, is full. The write was not applied.", "Retry when the operator of the server has freed space."},
		}},
		{"Fields and parameters", []Entry{
			{Required, Field, nil, "The field or parameter is missing or empty.", "Send it."},
			{Empty, Field, nil, "The parameter has no value.", "Omit it instead."},
			{UnknownParameter, Field, nil, "The parameter does not exist.", "Correct its name; `message` suggests one."},
			{UnknownField, Field, nil, "The field does not exist.", "Correct its name; `message` suggests one."},
			{UnknownValue, Field | Filter, nil, "The value is not one of those that exist. In `warnings`: no listed cat has it.", "Send one of the values that `message` or `GET /v1/vocabulary` lists."},
			{UnknownPlace, Field, nil, "No postal code or city of this name is known.", "Send one that `GET /v1/places` finds, or latitude and longitude."},
			{UnknownPhoto, Field, nil, "This server has no photo at this address.", "Send the file again, or the address of the photo elsewhere."},
			{UnsupportedImage, Problem | Field | Warning, []int{422}, "The file is not a photo of a kind that the server reads.", "Send a JPEG, PNG, WebP, GIF or HEIC file."},
			{CorruptImage, Problem | Field | Warning, []int{422}, "The photo is truncated or damaged.", "Send the file again, or export it again from the original."},
			{ImageTooLarge, Problem | Field | Warning, []int{422}, "The photo has more pixels or bytes than the server reads.", "Send a smaller version; `message` or `detail` states the limit."},
			{WrongType, Field, nil, "The value has another JSON type.", "Send the type that `message` names."},
			{Malformed, Field, nil, "The text does not have the expected form.", "Send it as in the example of `message`."},
			{OutOfRange, Field | Ignored, nil, "The number or date is outside of its range.", "Send a value between the limits in `message`."},
			{TooLong, Field | Warning, nil, "The text is too long. In `warnings`: the rest was left out.", "Shorten it to the limit in `message`."},
			{TooMany, Field, nil, "The list has too many items.", "Send at most the number in `message`."},
			{Duplicate, Field, nil, "The value appears more than once.", "Send it once."},
			{Repeated, Field, nil, "The parameter was sent more than once.", "Send it once."},
			{ReadOnly, Field, nil, "The field cannot be changed.", "Omit it."},
			{Reserved, Field, nil, "The value is reserved by the server.", "Send another value."},
			{InTheFuture, Field | Ignored, nil, "The date is in the future.", "Correct it."},
			{InThePast, Field, nil, "The time is in the past.", "Send a time in the future."},
			{Ambiguous, Field, nil, "The value means several things.", "Add what `message` asks for."},
			{NeedsNear, Field, nil, "The parameter requires `near`.", "Send `near`, or omit the parameter."},
			{NeedsRandom, Field, nil, "The parameter requires `sort=random`.", "Send `sort=random`, or omit the parameter."},
			{OneActivity, Field, nil, "Sorting by suitability requires exactly one activity.", "Send one activity."},
			{NotAssessed, Filter, nil, "No cat is suitable for the activity, and some cats that match all other filters have not been assessed for it.", "Send `impression=confident` to find those whose listing is promising, and ask their shelters."},
			{NoWords, Field, nil, "The search text has no letter or digit.", "Send a word."},
			{EmptyPhrase, Field, nil, "A phrase in quotation marks has no word.", "Remove the quotation marks, or put a word between them."},
			{TooFar, Field, nil, "The location is far from the postal code.", "Correct one of the two."},
			{URLNotAllowed, Field, nil, "Webhooks are not sent to this URL.", "Send a public https URL."},
			{NotSubscribed, Field, nil, "The webhook does not receive events of saved searches.", "Add their types to the webhook first."},
			{NotForPartners, Field, nil, "The scope is reserved for keys without a partner.", "Omit it."},
			{UnknownRubric, Field, nil, "The version of the rubric does not exist.", "Send a version of `GET /v1/rubrics`."},
			{NotTried, Field, nil, "The field is about an activity that was not tried.", "Omit it, or send 0."},
			{TooEarly, Field, nil, "The report is earlier than its follow-up can be.", "Correct the date or the number of days."},
			{BeforeAdoption, Field, nil, "The report is dated before the adoption.", "Correct one of the two dates."},
			{BeforeBirth, Field, nil, "The observation is dated before the birth.", "Correct one of the two dates."},
			{Expired, Field, nil, "The date until which the item is valid has passed.", "Send the renewed date, or the status `fail`."},
			{RoleNotAllowed, Field, nil, "The role is reserved for what the server reads from listings and from records of shelters.", "Send the role of the person who observed the cat."},
			{RoleMayNotAssess, Field | Ignored, nil, "Observers of this role cannot assess the trait.", "Send a role that `message` lists, or omit the trait."},
			{NotInContext, Field | Ignored, nil, "The trait cannot be assessed in this context, or not by this role.", "Correct the context, or omit the trait."},
			{TooEarlyInPlace, Field | Ignored, nil, "The role can assess the trait only after more days in the same place.", "Send `days_in_place`, or omit the trait."},
			{UnknownTrait, Field | Ignored, nil, "The rubric has no such trait.", "Send a trait that `message` lists."},
			{UnknownRole, Field | Ignored, nil, "The rubric has no such role.", "Send a role that `message` lists."},
			{UnknownContext, Field | Ignored, nil, "The rubric has no such context.", "Send a context that `message` lists."},
			{UnknownCode, Field, nil, "The rubric has no such health item.", "Send a code that `message` lists."},
			{UnknownStatus, Field, nil, "The health item cannot have this status.", "Send one that `message` lists. Only what shelters do on the day of adoption can be `at_adoption`."},
			{UnknownSeverity, Field, nil, "The health item does not have this severity.", "Send one that `message` lists, or omit it."},
		}},
		{"Warnings", []Entry{
			{NotUnderstood, Warning, nil, "The words were not understood. The fact is unknown, and the words are in `unparsed`.", "Send a value that `message` describes."},
			{ImpossibleValue, Warning, nil, "No cat can have the value, or it contradicts another one. The fact is unknown.", "Correct the value that is wrong."},
			{AmbiguousDate, Warning, nil, "It is not clear whether the day or the month comes first.", "Write dates as 2026-10-25, or state the order in the format of the file."},
			{Placeholder, Warning, nil, "The word stands for a missing value.", "Leave the field empty if the value is not known."},
		}},
		{"Token endpoint", []Entry{
			{InvalidRequest, OAuth, []int{400}, "The token request is not valid.", "Correct what `error_description` says."},
			{InvalidClient, OAuth, []int{401}, "The key is not valid.", "Send the ID and the secret of a valid key."},
			{InvalidScope, OAuth, []int{400}, "The key lacks a requested scope, or the scope does not exist.", "Request scopes of the key, or omit `scope`."},
			{UnsupportedGrantType, OAuth, []int{400}, "The grant type is not supported.", "Send `grant_type=client_credentials`."},
		}},
	}
}
