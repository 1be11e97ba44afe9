package front

import (
	"net/url"
	"strings"

	"ksbb/infra/local/lambda"
	"ksbb/infra/local/template"
)

// A Route leads from a method and path to a function.
type Route struct {
	template.Route
	Function *lambda.Pool
}

// match returns the route that API Gateway would choose and its path
// parameters: literal segments win over {parameters}, these over a greedy
// {rest+}, and a named method over ANY.
func match(routes []Route, method, path string) (Route, map[string]string, bool) {
	var best Route
	var bestRank string
	var bestParameters map[string]string
	for _, r := range routes {
		if r.Method != "ANY" && r.Method != method {
			continue
		}
		parameters, rank, ok := fit(r.Path, path)
		if !ok {
			continue
		}
		if r.Method == "ANY" {
			rank += "z"
		} else {
			rank += "a"
		}
		if bestRank == "" || rank < bestRank {
			best, bestRank, bestParameters = r, rank, parameters
		}
	}
	return best, bestParameters, bestRank != ""
}

// fit matches a path against a pattern. The rank is a letter for each
// segment; the smaller it is, the closer the fit.
func fit(pattern, path string) (map[string]string, string, bool) {
	want := strings.Split(strings.TrimPrefix(pattern, "/"), "/")
	got := strings.Split(strings.TrimPrefix(path, "/"), "/")
	parameters := map[string]string{}
	rank := ""
	for i, w := range want {
		if i >= len(got) {
			return nil, "", false
		}
		name, variable := strings.CutPrefix(w, "{")
		name = strings.TrimSuffix(name, "}")
		if rest, greedy := strings.CutSuffix(name, "+"); variable && greedy {
			value, err := url.PathUnescape(strings.Join(got[i:], "/"))
			parameters[rest] = value
			return parameters, rank + "c", err == nil
		}
		switch {
		case variable && got[i] != "":
			value, err := url.PathUnescape(got[i])
			if err != nil {
				return nil, "", false
			}
			parameters[name] = value
			rank += "b"
		case w == got[i]:
			rank += "a"
		default:
			return nil, "", false
		}
	}
	return parameters, rank, len(want) == len(got)
}
