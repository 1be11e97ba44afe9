package web

import (
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"ksbb/shared/aid"
	"ksbb/shared/problem"
)

// huma is told how to refuse through package variables, so they are set once,
// before any API is made.
func init() {
	huma.ValidateStrictCasing = true // "Quantity" is an unknown member, not a second quantity
	huma.DefaultArrayNullable = false
	huma.NewError = func(status int, _ string, errs ...error) huma.StatusError { return refusalOf(status, errs) }
	huma.NewErrorWithContext = func(ctx huma.Context, status int, _ string, errs ...error) huma.StatusError {
		p := refusalOf(status, errs)
		where := ctx.URL()
		p.Instance = where.Path
		remember(ctx.Context(), p)
		if p.RetryAfter > 0 {
			ctx.SetHeader("Retry-After", strconv.Itoa(p.RetryAfter))
		}
		if p.Status >= http.StatusInternalServerError {
			log := slog.With("route", ctx.Operation().Path)
			for _, err := range errs {
				log = log.With("err", err)
			}
			log.ErrorContext(ctx.Context(), "request failed")
		}
		return p
	}
}

// refusalOf returns the problem for what huma could not decode or what an
// operation refused. It never passes on a value that was sent.
func refusalOf(status int, errs []error) *problem.Problem {
	switch status {
	case http.StatusBadRequest:
		return problem.Malformed("the body is not the JSON that is asked for")
	case http.StatusRequestTimeout:
		return problem.Malformed("the body ends early")
	case http.StatusRequestEntityTooLarge:
		return problem.TooLarge("")
	case http.StatusUnsupportedMediaType:
		return problem.MediaType()
	case http.StatusUnprocessableEntity:
		return problem.Invalid(fieldsOf(errs))
	}
	if len(errs) == 1 && errs[0] != nil {
		return problem.Of(errs[0]) // what an operation returned
	}
	return problem.Fault()
}

// maxFields is how many wrong members are listed. More help nobody.
const maxFields = 50

func fieldsOf(errs []error) []aid.Field {
	fields := make([]aid.Field, 0, len(errs))
	for _, err := range errs {
		var at huma.ErrorDetail
		if detailed, ok := err.(huma.ErrorDetailer); ok {
			at = *detailed.ErrorDetail()
		}
		fields = append(fields, fieldOf(at.Location, at.Message))
	}
	// Members of a JSON object come in no order; answers do.
	slices.SortStableFunc(fields, func(a, b aid.Field) int { return strings.Compare(a.Pointer, b.Pointer) })
	return fields[:min(len(fields), maxFields)]
}

// codes tells the code of a field by how huma's message begins.
var codes = []struct{ begins, code string }{
	{validation.MsgUnexpectedProperty, "unknown"},
	{"expected required property ", "required"},
	{"required ", "required"},
	{"expected value to be one of", "unknown"},
	{"expected length >=", "too_short"},
	{"expected array length >=", "too_short"},
	{"expected length <=", "too_long"},
	{"expected array length <=", "too_long"},
	{"expected number >", "too_small"},
	{"expected number <", "too_large"},
	{"expected string to match", "text"},
}

// fieldOf translates one complaint of huma: "body.lines[0].quantity" is
// "/lines/0/quantity". A missing member is named itself rather than its parent.
// The code of everything else is "type".
func fieldOf(location, message string) aid.Field {
	pointer := ""
	steps := strings.FieldsFunc(location, func(r rune) bool { return r == '.' || r == '[' || r == ']' })
	if len(steps) > 0 {
		steps = steps[1:] // "body", "path", "header"
	}
	if name, ok := strings.CutPrefix(message, "expected required property "); ok {
		steps = append(steps, strings.TrimSuffix(name, " to be present"))
	}
	for _, step := range steps {
		pointer += "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(short(step))
	}
	field := aid.Field{Pointer: pointer, Code: "type", Detail: short(message)}
	for _, c := range codes {
		if strings.HasPrefix(message, c.begins) {
			field.Code = c.code
			break
		}
	}
	if field.Code == "type" && !strings.HasPrefix(message, "expected ") {
		field.Detail = "cannot be read" // a decoder's words may hold what was sent
	}
	return field
}

// short cuts a text that a caller may have made as long as the body.
func short(s string) string {
	const most = 80
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}
