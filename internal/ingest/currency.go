package ingest

import "strings"

// CurrencyOf is the currency of a country, given by its ISO 3166 code of two
// letters, as an ISO 4217 code. It is empty for countries that are not listed here.
func CurrencyOf(country string) string {
	return map[string]string{
		"US": "USD", "PR": "USD", "CA": "CAD", "MX": "MXN", "GB": "GBP", "AU": "AUD", "NZ": "NZD", "CH": "CHF",
		"SE": "SEK", "NO": "NOK", "DK": "DKK", "PL": "PLN", "CZ": "CZK", "JP": "JPY",
		"IE": "EUR", "DE": "EUR", "AT": "EUR", "FR": "EUR", "BE": "EUR", "NL": "EUR", "LU": "EUR", "IT": "EUR", "ES": "EUR", "PT": "EUR", "FI": "EUR", "GR": "EUR",
	}[strings.ToUpper(country)]
}
