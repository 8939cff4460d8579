-- Neovim with a file open, doing what STEPS says (a JSON list of command and argument), and writing
-- what its user then sees to the file OUT, as JSON.

local seen = { results = {}, told = {} }
vim.lsp.handlers["window/showMessage"] = function(_, message)
  table.insert(seen.told, message.message)
end

local function marked()
  return vim.tbl_map(function(each)
    return vim.api.nvim_buf_get_text(0, each.lnum, each.col, each.end_lnum, each.end_col, {})[1]
  end, vim.diagnostic.get(0))
end

vim.cmd.edit(vim.env.FILE)
local client = vim.lsp.get_client_by_id(vim.lsp.start({
  name = "claude-sidecar",
  cmd = { vim.env.PYTHON, "-m", "claude_sidecar", "serve" },
  root_dir = vim.fn.getcwd(),
}))
assert(vim.wait(20000, function() return client.initialized end), "not initialized")

for _, step in ipairs(vim.json.decode(vim.env.STEPS)) do
  local params = { command = "claudeSidecar." .. step[1], arguments = step[2] and { step[2] } }
  local answer = client:request_sync("workspace/executeCommand", params, 20000)
  table.insert(seen.results, answer and (answer.err or answer.result) or vim.NIL)
end

vim.wait(20000, function() return #vim.diagnostic.get(0) > 0 end)
seen.marked = marked()
vim.api.nvim_buf_set_lines(0, 0, 0, false, { "# two more", "# lines" })
local before = vim.diagnostic.get(0)[1]
vim.wait(20000, function() return vim.diagnostic.get(0)[1].lnum == before.lnum + 2 end)
seen.marked_after_an_edit = marked()

seen.pages = {}
for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
  if vim.api.nvim_buf_get_name(buffer):match("%.md$") then
    table.insert(seen.pages, table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), "\n"))
  end
end
seen.encoding = client.offset_encoding
seen.file = vim.fn.expand("%:t")
client:stop()
seen.stopped = vim.wait(20000, function() return client:is_stopped() end)
vim.fn.writefile({ vim.json.encode(seen) }, vim.env.OUT)
vim.cmd("qall!")
