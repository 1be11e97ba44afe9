package pattern

import (
	"encoding/json"
	"strings"
	"testing"
)

const record = `{"eventName":"INSERT","dynamodb":{"Keys":{"PK":{"S":"LEAF#31"},"SK":{"S":"NEED#1"}},"n":3}}`

func TestPatternsLetThroughWhatLambdaWould(t *testing.T) {
	t.Parallel()
	for pattern, want := range map[string]bool{
		`{"eventName":["INSERT"]}`:                                                  true,
		`{"eventName":["MODIFY","REMOVE"]}`:                                         false,
		`{"dynamodb":{"Keys":{"PK":{"S":[{"prefix":"LEAF#"}]}}}}`:                   true,
		`{"dynamodb":{"Keys":{"PK":{"S":[{"prefix":"OUT#"},{"prefix":"LEAF#"}]}}}}`: true,
		`{"dynamodb":{"Keys":{"PK":{"S":[{"prefix":"OUT#"}]}}}}`:                    false,
		`{"dynamodb":{"Keys":{"PK":{"S":["LEAF#31"]}}},"eventName":["INSERT"]}`:     true,
		`{"dynamodb":{"Keys":{"PK":{"S":["LEAF#31"]}}},"eventName":["REMOVE"]}`:     false,
		`{"dynamodb":{"NewImage":{"x":[{"exists":false}]}}}`:                        true,
		`{"dynamodb":{"n":[{"exists":true}]}}`:                                      true,
		`{"dynamodb":{"n":[3]}}`:                                                    true,
		`{"dynamodb":{"n":["3"]}}`:                                                  false,
		`{"dynamodb":{"Keys":{"PK":{"N":[{"prefix":"L"}]}}}}`:                       false,
	} {
		p, err := Parse([]byte(pattern))
		if err != nil {
			t.Errorf("Parse(%s): %v", pattern, err)
			continue
		}
		var event any
		if err := json.Unmarshal([]byte(record), &event); err != nil {
			t.Fatal(err)
		}
		if got := p.Match(event); got != want {
			t.Errorf("%s: got %v, want %v", pattern, got, want)
		}
	}
}

func TestOtherRulesAreRefusedByName(t *testing.T) {
	t.Parallel()
	for pattern, part := range map[string]string{
		`{"a":[{"suffix":"x"}]}`:              `a: {"suffix":"x"}: not supported here`,
		`{"a":{"b":[{"numeric":["<",3]}]}}`:   "numeric",
		`{"a":[{"anything-but":"x"}]}`:        "anything-but",
		`{"$or":[{"a":["x"]}]}`:               "$or",
		`{"a":"x"}`:                           "list of rules",
		`{}`:                                  "empty object",
		`[1]`:                                 "not a JSON object",
		`{"a":[{"prefix":"x","suffix":"y"}]}`: "not supported here",
	} {
		if _, err := Parse([]byte(pattern)); err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("Parse(%s): got %v, want an error with %q", pattern, err, part)
		}
	}
}
