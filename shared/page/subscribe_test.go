package page

import (
	"strings"
	"testing"

	"ksbb/shared/aid"
	"ksbb/shared/bahasa"
)

func TestEveryKindOfReportCanBeChosen(t *testing.T) {
	t.Parallel()
	page := tiny(t).tree(t)["/langganan/"]
	for _, c := range aid.Cadences {
		if known := cadences(bahasa.Indonesian)[c]; known.Name == "" || known.About == "" || !strings.Contains(page, `name="`+string(c)+`" value="1"`) || !strings.Contains(page, known.About) {
			t.Errorf("%s cannot be chosen", c)
		}
	}
	if strings.Count(page, `type="checkbox"`) != len(aid.Cadences) || strings.Count(page, " checked>") != 1 {
		t.Errorf("want one of %d kinds chosen:\n%s", len(aid.Cadences), page)
	}
	for _, said := range []string{"48 jam", "<noscript>", `id="kirim" type="submit" hidden`, "/aset/langganan.js"} {
		if !strings.Contains(page, said) {
			t.Errorf("the page lacks %q", said)
		}
	}
}
