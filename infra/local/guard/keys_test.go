package guard

import (
	"testing"

	"ksbb/infra/local/template"
)

// A function that writes reports and cannot read them.
func TestAPermissionMayBeLimitedToPartitionKeys(t *testing.T) {
	t.Parallel()
	limited := func(action string, keys ...string) template.Statement {
		return template.Statement{Actions: []string{action}, Resources: []string{ledger}, LeadingKeys: keys}
	}
	policy := []template.Statement{
		limited("dynamodb:GetItem", "KEY", "REPLY#*"), limited("dynamodb:Query", "REPLY#*"),
		limited("dynamodb:PutItem", "REPORT#*"), limited("dynamodb:PutItem", "REPLY#*"),
		limited("dynamodb:BatchWriteItem", "REPORT#*"), limited("dynamodb:BatchGetItem", "REPLY#*"), limited("dynamodb:DeleteItem", "REPORT#*"),
		limited("dynamodb:Query", "due#*"),
	}
	item := func(pk string) string {
		return `{"PK":{"S":"` + pk + `"},"SK":{"S":"x"},"keys":{"M":{"PK":{"S":"KEY"}}}}`
	}
	get := func(pk string) request {
		return dynamoCall("GetItem", `{"TableName":"local-Ledger","Key":`+item(pk)+`}`)
	}
	query := func(condition, rest string) request {
		return dynamoCall("Query", `{"TableName":"local-Ledger","KeyConditionExpression":"`+condition+`"`+rest+`}`)
	}
	values := func(pk string) string {
		return `,"ExpressionAttributeValues":{":pk":{"S":"` + pk + `"},":sk":{"S":"REPLY#1"}}`
	}
	for name, c := range map[string]struct {
		call   request
		passes bool
	}{
		"get a key":                   {get("KEY"), true},
		"get a reply":                 {get("REPLY#1"), true},
		"get a report":                {get("REPORT#1"), false},
		"get a name that begins so":   {get("KEYS"), false},
		"put a report":                {dynamoCall("PutItem", `{"TableName":"local-Ledger","Item":`+item("REPORT#1")+`}`), true},
		"put anything else":           {dynamoCall("PutItem", `{"TableName":"local-Ledger","Item":`+item("TICKET#1")+`}`), false},
		"query replies":               {query("PK = :pk", values("REPLY#1")), true},
		"query replies within":        {query("begins_with(SK, :sk) AND PK = :pk", values("REPLY#1")), true},
		"query by another name":       {query("#p = :pk", values("REPLY#1")+`,"ExpressionAttributeNames":{"#p":"PK"}`), true},
		"query reports":               {query("PK = :pk", values("REPORT#1")), false},
		"query reports by trick":      {query("SK = :sk AND PK = :pk", values("REPORT#1")), false},
		"query what cannot be read":   {query("PK=:missing", values("REPLY#1")), false},
		"query an index":              {dynamoCall("Query", `{"TableName":"local-Ledger","IndexName":"Due","KeyConditionExpression":"d = :pk"`+values("REPLY#1")+`}`), false},
		"two puts of two permissions": {dynamoCall("TransactWriteItems", `{"TransactItems":[{"Put":{"TableName":"local-Ledger","Item":`+item("REPORT#1")+`}},{"Put":{"TableName":"local-Ledger","Item":`+item("REPLY#1")+`}}]}`), true},
		"a put too many":              {dynamoCall("TransactWriteItems", `{"TransactItems":[{"Put":{"TableName":"local-Ledger","Item":`+item("REPORT#1")+`}},{"Put":{"TableName":"local-Ledger","Item":`+item("KEY")+`}}]}`), false},
		"delete in a transaction":     {dynamoCall("TransactWriteItems", `{"TransactItems":[{"Delete":{"TableName":"local-Ledger","Key":`+item("REPORT#1")+`}}]}`), true},
		"delete another":              {dynamoCall("TransactWriteItems", `{"TransactItems":[{"Delete":{"TableName":"local-Ledger","Key":`+item("KEY")+`}}]}`), false},
		"write a batch":               {dynamoCall("BatchWriteItem", `{"RequestItems":{"local-Ledger":[{"PutRequest":{"Item":`+item("REPORT#1")+`}},{"DeleteRequest":{"Key":`+item("REPORT#2")+`}}]}}`), true},
		"write a batch too far":       {dynamoCall("BatchWriteItem", `{"RequestItems":{"local-Ledger":[{"PutRequest":{"Item":`+item("REPORT#1")+`}},{"DeleteRequest":{"Key":`+item("KEY")+`}}]}}`), false},
		"read a batch":                {dynamoCall("BatchGetItem", `{"RequestItems":{"local-Ledger":{"Keys":[`+item("REPLY#1")+`]}}}`), true},
		"read a batch too far":        {dynamoCall("BatchGetItem", `{"RequestItems":{"local-Ledger":{"Keys":[`+item("REPLY#1")+`,`+item("REPORT#1")+`]}}}`), false},
	} {
		w := newWorld(t, policy...)
		status, text := w.call(c.call)
		if passed := status == 200 && len(w.came) == 1; passed != c.passes {
			t.Errorf("%s: got %d %s; want it to pass: %v", name, status, text, c.passes)
		}
	}
}
