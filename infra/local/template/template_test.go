package template

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
)

const small = `
Transform: AWS::Serverless-2016-10-31
Parameters:
  SiteUrl: {Type: String, Default: https://example.org}
  Zones: {Type: CommaDelimitedList, Default: "a, b"}
Mappings:
  Limits: {small: {rows: 7}}
Conditions:
  Live: !Equals [!Ref SiteUrl, https://example.org]
  Other: !Not [!Condition Live]
Globals:
  Function:
    Runtime: provided.al2023
    Timeout: 10
    Environment: {Variables: {SITE: !Ref SiteUrl}}
Resources:
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      Auth:
        Authorizers:
          Staff:
            JwtConfiguration: {issuer: !Sub "${SiteUrl}/oidc", audience: [console]}
  Facts:
    Type: AWS::DynamoDB::Table
    DeletionPolicy: Retain
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: PK, AttributeType: S}]
      KeySchema: [{AttributeName: PK, KeyType: HASH}]
      StreamSpecification: {StreamViewType: KEYS_ONLY}
      TimeToLiveSpecification: {AttributeName: expires, Enabled: true}
      SSESpecification: {KMSMasterKeyId: !GetAtt Key.Arn}
  Key: {Type: "AWS::KMS::Key"}
  PublicBucket:
    Type: AWS::S3::Bucket
    Properties: {VersioningConfiguration: {Status: Enabled}}
  Inbox:
    Type: AWS::S3::Bucket
    Properties: {BucketName: !Sub "${AWS::StackName}-inbox-${AWS::AccountId}"}
  Unwanted: {Type: "AWS::Nothing::AtAll", Condition: Other}
  Work:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: functions/work
      MemorySize: 512
      Policies:
        - Version: "2012-10-17"
          Statement:
            - {Sid: Facts, Effect: Allow, Action: [dynamodb:GetItem, dynamodb:Query], Resource: !GetAtt Facts.Arn}
            - {Effect: Allow, Action: s3:PutObject, Resource: [!Sub "${PublicBucket.Arn}/in/*"]}
        - Statement:
            Effect: Allow
            Action: ses:SendEmail
            Resource: !Sub ["arn:aws:ses:x:0:identity/${Domain}", {Domain: !Select [1, !Split ["@", mail@example.org]]}]
      Environment:
        Variables:
          TABLE: !Ref Facts
          ARN: !GetAtt Facts.Arn
          BUCKET: {"Fn::Sub": "${PublicBucket.Arn}/*"}
          JOINED: !Join [";", !Ref Zones]
          INBOX: !GetAtt Inbox.Arn
          ROWS: !FindInMap [Limits, small, rows]
          ONLY: !If [Live, "yes", !Ref Nothing]
      Events:
        Get: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: get, Path: "/v1/x/{id}", Auth: {Authorizer: Staff}}}
        Changes:
          Type: DynamoDB
          Properties:
            Stream: !GetAtt Facts.StreamArn
            StartingPosition: TRIM_HORIZON
            BatchSize: 7
            FunctionResponseTypes: [ReportBatchItemFailures]
            DestinationConfig: {OnFailure: {Type: S3, Destination: !GetAtt PublicBucket.Arn}}
            FilterCriteria: {Filters: [{Pattern: '{"eventName":["INSERT"]}'}]}
        Night: {Type: ScheduleV2, Properties: {ScheduleExpression: "cron(0 1 * * ? *)", ScheduleExpressionTimezone: Asia/Jakarta, Input: "{}"}}
        Upload: {Type: S3, Properties: {Bucket: !Ref PublicBucket, Events: "s3:ObjectCreated:*", Filter: {S3Key: {Rules: [{Name: prefix, Value: in/}]}}}}
`

func TestTemplateBecomesWiring(t *testing.T) {
	t.Parallel()
	got, err := Parse("template.yaml", []byte(small), map[string]string{"SiteUrl": "https://example.org"})
	if err != nil {
		t.Fatal(err)
	}
	f := got.Functions[0]
	want := map[string]string{
		"SITE": "https://example.org", "TABLE": "local-Facts", "ROWS": "7", "ONLY": "yes", "JOINED": "a;b", "INBOX": "arn:aws:s3:::local-inbox-000000000000",
		"ARN": "arn:aws:dynamodb:ap-southeast-3:000000000000:table/local-Facts", "BUCKET": "arn:aws:s3:::local-public-bucket/*",
	}
	if !reflect.DeepEqual(f.Env, want) {
		t.Errorf("environment: got %v, want %v", f.Env, want)
	}
	if f.Memory != 512 || f.Timeout != 10 || f.Folder != "work" {
		t.Errorf("function: got %+v", f)
	}
	may := []Statement{
		{[]string{"dynamodb:GetItem", "dynamodb:Query"}, []string{"arn:aws:dynamodb:ap-southeast-3:000000000000:table/local-Facts"}, nil},
		{[]string{"s3:PutObject"}, []string{"arn:aws:s3:::local-public-bucket/in/*"}, nil},
		{[]string{"ses:SendEmail"}, []string{"arn:aws:ses:x:0:identity/example.org"}, nil},
	}
	if !reflect.DeepEqual(f.Policies, may) {
		t.Errorf("policies: got %v, want %v", f.Policies, may)
	}
	if r := f.Routes[0]; r.String() != "GET /v1/x/{id}" || r.Authorizer != "Staff" {
		t.Errorf("route: got %+v", r)
	}
	if s := f.Streams[0]; s.Table != "local-Facts" || s.BatchSize != 7 || !s.Partial || s.Bisect || s.Failures != "local-public-bucket" || len(s.Filters) != 1 || s.Retries != -1 {
		t.Errorf("stream: got %+v", s)
	}
	o := f.Objects[0]
	for event, want := range map[string]bool{"ObjectCreated:Put in/a": true, "ObjectCreated:Put out/a": false, "ObjectRemoved:Delete in/a": false} {
		name, key, _ := strings.Cut(event, " ")
		if o.Wants(name, key) != want {
			t.Errorf("%s wanted: got %v, want %v", event, !want, want)
		}
	}
	if a := got.API.Authorizers["Staff"]; a.Issuer != "https://example.org/oidc" || a.Audience[0] != "console" {
		t.Errorf("authorizer: got %+v", a)
	}
	facts := got.Tables[0]
	var create map[string]any
	if err := json.Unmarshal(facts.Create, &create); err != nil || create["TableName"] != "local-Facts" || facts.Expires != "expires" || !facts.Stream {
		t.Errorf("table: got %+v %v %v", facts, create, err)
	}
	if inbox, ok := got.Bucket("Inbox"); !ok || inbox.Name != "local-inbox-000000000000" || f.Env["INBOX"] != "arn:aws:s3:::local-inbox-000000000000" {
		t.Errorf("bucket with a name of its own: got %+v, and elsewhere %s", inbox, f.Env["INBOX"])
	}
	if b, _ := got.Bucket("PublicBucket"); !b.Versioned || b.Name != "local-public-bucket" {
		t.Errorf("bucket: got %+v", b)
	}
}

func TestAStatementMayBeLimitedToPartitionKeys(t *testing.T) {
	t.Parallel()
	text := strings.Replace(small, "Sid: Facts,", "Condition: {\"ForAllValues:StringLike\": {\"dynamodb:LeadingKeys\": [KEY, \"REPLY#*\"]}},", 1)
	got, err := Parse("template.yaml", []byte(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	if keys := got.Functions[0].Policies[0].LeadingKeys; !slices.Equal(keys, []string{"KEY", "REPLY#*"}) {
		t.Errorf("limited to %q", keys)
	}
}

func TestWhatIsNotUnderstoodIsNamed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ from, to, want string }{
		{"MemorySize: 512", "MemorySise: 512", "template.yaml: Resources.Work.Properties.MemorySise: not supported here"},
		{"BatchSize: 7", "TumblingWindowInSeconds: 7", "Resources.Work.Properties.Events.Changes.Properties.TumblingWindowInSeconds: not supported here"},
		{`Key: {Type: "AWS::KMS::Key"}`, `Key: {Type: "AWS::EC2::Instance"}`, "Resources.Key.Type: AWS::EC2::Instance: not supported here"},
		{"provided.al2023", "nodejs22.x", "Resources.Work.Properties.Runtime: nodejs22.x: not supported here"},
		{`{"eventName":["INSERT"]}`, `{"eventName":[{"suffix":"T"}]}`, "FilterCriteria.Filters[0].Pattern: eventName: {\"suffix\":\"T\"}: not supported here"},
		{"TABLE: !Ref Facts", "TABLE: !Ref Fact", "Resources.Work.Properties.Environment.Variables.TABLE: Ref: nothing is called Fact"},
		{"TABLE: !Ref Facts", "TABLE: !Base64 Facts", "Variables.TABLE: Fn::Base64: not supported here"},
		{"Night: {Type: ScheduleV2", "Night: {Type: SQS", "Events.Night.Type: SQS: not supported here"},
		{"cron(0 1 * * ? *)", "at(2030-01-01T00:00:00)", "ScheduleExpression: at(2030-01-01T00:00:00): not supported here"},
		{"DeletionPolicy: Retain", "CreationPolicy: {}", "Resources.Facts.CreationPolicy: not supported here"},
		{"${AWS::StackName}-inbox", "${Work}-inbox", "Resources.Inbox.Properties.BucketName: Fn::Sub: nothing is called Work"},
		{"Status: Enabled", "State: Enabled", "Resources.PublicBucket.Properties.VersioningConfiguration.State: not supported here"},
		{"- Version: \"2012-10-17\"", "- AWSLambdaBasicExecutionRole\n        - Version: \"2012-10-17\"", "Resources.Work.Properties.Policies[0]: managed policy AWSLambdaBasicExecutionRole: not supported here"},
		{"- Version: \"2012-10-17\"", "- !GetAtt Key.Arn\n        - Version: \"2012-10-17\"", "Policies[0]: managed policy arn:aws:local:ap-southeast-3:000000000000:Key: not supported here"},
		{"- Version: \"2012-10-17\"", "- S3ReadPolicy: {BucketName: !Ref PublicBucket}\n        - Version: \"2012-10-17\"", "Policies[0]: SAM policy template [S3ReadPolicy]: not supported here"},
		{"Sid: Facts, Effect: Allow", "Effect: Deny", "Policies[0].Statement[0].Effect: \"Deny\": not supported here"},
		{"Sid: Facts,", "Condition: {StringEquals: {}},", "Policies[0].Statement[0].Condition.StringEquals: not supported here"},
		{"Sid: Facts,", "Condition: {\"ForAllValues:StringLike\": {\"dynamodb:Attributes\": [x]}},", "Condition.ForAllValues:StringLike.dynamodb:Attributes: not supported here"},
		{"Sid: Facts,", "Condition: {\"ForAllValues:StringLike\": {\"dynamodb:LeadingKeys\": []}},", "Condition.ForAllValues:StringLike.dynamodb:LeadingKeys: missing"},
		{"Action: s3:PutObject, Resource:", "NotAction: s3:PutObject, Resource:", "Policies[0].Statement[1].NotAction: not supported here"},
		{"Resource: [!Sub \"${PublicBucket.Arn}/in/*\"]", "Resource: []", "Policies[0].Statement[1].Resource: missing"},
		{"MemorySize: 512", "Role: !GetAtt Key.Arn", "Resources.Work.Properties.Role: not supported here"},
		{"Mappings:", "Hooks: {}\nMappings:", "template.yaml: Hooks: not supported here"},
		{"{Type: String, Default: https://example.org}", "{Type: String}", "Parameters.SiteUrl: has no default"},
	} {
		text := strings.Replace(small, c.from, c.to, 1)
		if text == small {
			t.Fatalf("%q is not in the template", c.from)
		}
		_, err := Parse("template.yaml", []byte(text), nil)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s instead of %s: got error %v, want %q", c.to, c.from, err, c.want)
		}
	}
}

// The project's own template is the one that counts.
func TestProjectTemplateIsUnderstood(t *testing.T) {
	t.Parallel()
	got, err := Read("../../../template.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range got.Functions {
		// The user pool asks for claims; on a laptop, the sign-in does.
		if len(f.Routes)+len(f.Streams)+len(f.Schedules)+len(f.Objects) == 0 && f.ID != "StaffClaims" {
			t.Errorf("nothing wakes %s", f.ID)
		}
	}
	if _, ok := got.Bucket("PublicBucket"); !ok {
		t.Error("no PublicBucket")
	}
}
