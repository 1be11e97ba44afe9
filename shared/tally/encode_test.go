package tally

import (
	"encoding/json"
	"reflect"
	"testing"
)

// A figure that is added to a sum and not written would be lost with the next
// publication.
func TestEveryFigureOfASumIsWritten(t *testing.T) {
	t.Parallel()
	for _, sum := range []interface{ figures() []*int64 }{new(Stand), new(Number), new(Happened)} {
		for i, figure := range sum.figures() {
			*figure = int64(i + 1)
		}
		v := reflect.ValueOf(sum).Elem()
		for i := range v.NumField() {
			if got := v.Field(i).Int(); got != int64(i+1) {
				t.Errorf("%T.%s is written as figure %d; want %d", sum, v.Type().Field(i).Name, got, i+1)
			}
		}
	}
}

func TestZerosInTheMiddleOfARowStay(t *testing.T) {
	t.Parallel()
	g := Giving{Cells: map[Cell]Amount{{Program: "pangan"}: {Units: Stand{Received: 3}, Value: Stand{}}}}
	b, err := json.Marshal(g)
	if err != nil {
		t.Fatal(err)
	}
	var back Giving
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(back.Cells, g.Cells) {
		t.Errorf("%s reads as %+v", b, back.Cells)
	}
}
