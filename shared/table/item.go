package table

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// The two conditions that ask only whether an item is there.
const (
	absent  = "attribute_not_exists(PK)"
	present = "attribute_exists(PK)"
)

// expression is an update with its condition.
type expression struct {
	update, condition string
	names             map[string]string
	values            map[string]types.AttributeValue
}

// express spells an update and its condition. Attributes are written "#name"
// and values ":name". Every attribute gets a placeholder because the list of
// words that DynamoDB reserves is long and grows.
func express(update, condition string, values map[string]types.AttributeValue) expression {
	return expression{update: update, condition: condition, names: placeholders(update + " " + condition), values: values}
}

// placeholders maps each "#name" in an expression to its attribute.
func placeholders(s string) map[string]string {
	names := map[string]string{}
	for _, part := range strings.Split(s, "#")[1:] {
		end := strings.IndexFunc(part, func(r rune) bool { return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') })
		if end < 0 {
			end = len(part)
		}
		names["#"+part[:end]] = part[:end]
	}
	return names
}

// keyed are the values of an expression by their placeholders.
type keyed = map[string]types.AttributeValue

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }
func number(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

// millis is how instants are stored: milliseconds since 1970, and zero for the
// zero time.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// moment is the inverse of millis.
func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// encode turns an item struct into what is stored.
func encode(v any) (item, error) { return attributevalue.MarshalMap(v) }

// sortedKeys returns the keys of m in ascending order, so that what is made
// from a map is always made in the same order.
func sortedKeys[K ~string, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
