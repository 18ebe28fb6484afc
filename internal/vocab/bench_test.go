package vocab

import "testing"

func BenchmarkParseBreed(b *testing.B) {
	fields := []string{"Domestic Shorthair Mix", "DOMESTIC SH", "SIAMESE/MIX", "Female Domestic Short Hair Cat"}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		ParseBreed(fields[i%len(fields)])
	}
}

func BenchmarkParseColors(b *testing.B) {
	fields := []string{"BRN TABBY/WHITE", "Black", "White and Grey", "Tabby (Gray / Blue / Silver)"}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		ParseColors(fields[i%len(fields)])
	}
}

func BenchmarkParseAge(b *testing.B) {
	fields := []string{"1 year 7 months.", "10 WEEKS", "2 YEARS", "Baby"}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		ParseAge(fields[i%len(fields)])
	}
}

func BenchmarkParseDate(b *testing.B) {
	fields := []string{"02/09/2020", "2023-02-21", "05/05/2025 09:55:00 AM", "2025-05-05T10:08:00"}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		ParseDate(fields[i%len(fields)], MonthFirst)
	}
}
