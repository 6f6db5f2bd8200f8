/* The client of the Management API, `@logto/api`: one person from the first call to the last; prints the status of each. */
import { createManagementApi } from "@logto/api/management";

const [baseUrl, clientId, clientSecret] = process.argv.slice(2);
const { apiClient } = createManagementApi("default", {
  clientId,
  clientSecret,
  baseUrl,
  apiIndicator: "https://default.logto.app/api",
});
const answers = {};
const keep = (name, { response, data, error }) => {
  answers[name] = { status: response.status, body: data ?? error, total: response.headers.get("total-number") };
  return data;
};

const user = keep("create", await apiClient.POST("/api/users", { body: { username: "from_the_client", customData: { a: 1 } } }));
const path = { params: { path: { userId: user.id } } };
keep("search", await apiClient.GET("/api/users", { params: { query: { search: "%from_the_cl%", page_size: 5 } } }));
keep("patch", await apiClient.PATCH("/api/users/{userId}", { ...path, body: { name: "Client" } }));
keep("merge", await apiClient.PATCH("/api/users/{userId}/custom-data", { ...path, body: { customData: { b: 2 } } }));
keep("refused", await apiClient.POST("/api/users", { body: { username: "from_the_client" } }));
keep("delete", await apiClient.DELETE("/api/users/{userId}", path));
keep("gone", await apiClient.GET("/api/users/{userId}", path));
console.log(JSON.stringify(answers));
