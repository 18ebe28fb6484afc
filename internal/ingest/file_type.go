package ingest

import "bytes"

// FileExtension returns the extension that fits a file, by its first bytes: .gz, .zip, .xml,
// .json or, for any other table, .csv.
func FileExtension(head []byte) string {
	switch text := bytes.TrimLeft(head, " \t\r\n"); {
	case isGzip(head):
		return ".gz"
	case isZip(head):
		return ".zip"
	case isXML(text):
		return ".xml"
	case isJSON(text):
		return ".json"
	default:
		return ".csv"
	}
}

func isGzip(head []byte) bool { return bytes.HasPrefix(head, []byte{0x1f, 0x8b}) }

// isZip reports whether a file is a zip file, which may be empty.
func isZip(head []byte) bool {
	return bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("PK\x05\x06"))
}

// isOldExcel reports whether a file is of Excel before 2007. Later ones are zip files.
func isOldExcel(head []byte) bool { return bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")) }

func isXML(text []byte) bool { return bytes.HasPrefix(text, []byte{'<'}) }

func isJSON(text []byte) bool {
	return bytes.HasPrefix(text, []byte{'{'}) || bytes.HasPrefix(text, []byte{'['})
}
