"use strict";

const WELCOME = `# Ctrl-Enter: chạy truy vấn. Ctrl-Space: gợi ý.
#
# Chưa đăng nhập thì chỉ thấy signIn. Đã có mã truy cập
# thì nhập vào thẻ "Headers" bên dưới:
#
#   { "Authorization": "Bearer ..." }
#
# rồi tải lại trang (F5) để thấy lược đồ của mình.

{
  __typename
}
`;

// Queries and the token live as long as the browser's tab: office computers are shared.
const page = React.createElement(GraphiQL, {
  fetcher: GraphiQL.createFetcher({ url: "/graphql" }),
  storage: window.sessionStorage,
  defaultQuery: WELCOME,
  defaultEditorToolsVisibility: "headers",
  isHeadersEditorEnabled: true,
  shouldPersistHeaders: true,
  showPersistHeadersSettings: false,
  inputValueDeprecation: true,
  plugins: [GraphiQLPluginExplorer.explorerPlugin()],
});

ReactDOM.createRoot(document.getElementById("graphiql")).render(page);
