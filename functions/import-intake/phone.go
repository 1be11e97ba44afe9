package main

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// readPhone reads a number as it stands in lists: "0812 …", "62812 …",
// "+62 812 …", or "812 …" where a spreadsheet took the zero away.
func readPhone(typed string) (string, bool) {
	typed = strings.Trim(typed, " '")
	// Letters and extensions would be read as something that cannot be dialled.
	if strings.Trim(typed, "+0123456789 -.()/") != "" {
		return "", false
	}
	// The library takes 00 for an Indonesian trunk prefix.
	if abroad, ok := strings.CutPrefix(typed, "00"); ok {
		typed = "+" + abroad
	}
	number, err := phonenumbers.Parse(typed, "ID")
	if err != nil || !phonenumbers.IsValidNumber(number) {
		return "", false
	}
	return phonenumbers.Format(number, phonenumbers.E164), true
}
