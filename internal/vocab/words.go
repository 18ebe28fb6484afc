package vocab

func Words[T ~string](terms []T) []string {
	out := make([]string, len(terms))
	for i, t := range terms {
		out[i] = string(t)
	}
	return out
}
