package api

// listCats finds cats.
//
//	@Summary		Find cats
//	@Description	Finds cats.
//	@ID				listCats
//	@Tags			cats
//	@Produce		json,text/csv
//	@Param			query	query		CatQuery	false	"Filters"
//	@Success		200		{object}	Page[Cat]	"Cats"
//	@Header			200		{string}	ETag		"Changes when the response does"
//	@Success		304		"Not modified"
//	@Failure		default	{object}	Problem
//	@Router			/v1/cats [get]
func listCats() {}

// putCats writes cats.
//
//	@Summary		Write cats
//	@Description	Writes cats.
//	@ID				putCats
//	@Tags			cats
//	@Accept			json,application/x-ndjson
//	@Produce		json
//	@Param			body	body		Cat		true	"A cat"
//	@Success		200		{object}	Outcome	"Result of each cat"
//	@Failure		412		{object}	Problem	"Version conflict"
//	@Failure		default	{object}	Problem
//	@Security		Bearer
//	@Security		OAuth2[cats:write]
//	@Router			/v1/cats [put]
func putCats() {}

// CatQuery is the query of a list of cats.
type CatQuery struct {
	Status []string `form:"status" validate:"optional" collectionFormat:"csv" enums:"available,adopted" extensions:"x-default=available"` // any of
	Near   string   `form:"near" validate:"optional" example:"20850"`                                                                     // postal code
}

// Page is a page of a list.
type Page[T any] struct {
	Data []T     `json:"data"`                         // cats of the page
	Next *string `json:"next" extensions:"x-nullable"` // cursor of the next page; null on the last page
}

// Cat is an adoptable cat.
type Cat struct {
	Name   string   `json:"name" example:"Ada"`                              // name of the cat
	Sex    *string  `json:"sex" enums:"female,male" extensions:"x-nullable"` // null: unknown
	Coat   *string  `json:"coat" enums:"short,long" extensions:"x-nullable"` // null: unknown
	Weight *float64 `json:"weight_kg" extensions:"x-nullable"`               // weight in kilograms; null: unknown
}

// Outcome is the result of a write.
type Outcome struct {
	Results []any `json:"results" extensions:"x-one-of=Created|Failed,x-discriminator=result"` // one result per cat
}

// Created is the result for a new cat.
type Created struct {
	Result string `json:"result" enums:"created"` // always `created`
}

// Failed is the result for a rejected cat.
type Failed struct {
	Result  string  `json:"result" enums:"failed"` // always `failed`
	Problem Problem `json:"problem"`               // why the cat was rejected
}

// Problem is an error.
//
// This paragraph is for developers.
type Problem struct {
	Title string `json:"title" example:"Not Found"` // title of the status
} //	@name	Problem
