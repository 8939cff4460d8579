-- Neovim with a file open and text typed that is not saved. Claude may edit it; then `u` is pressed.
-- What is to be seen goes to the file OUT, as JSON.

local seen = { results = {}, asked = {} }
vim.ui.select = function(items, options, choose)
  table.insert(seen.asked, options.prompt)
  choose(items[1], 1)
end

local function lines()
  return vim.api.nvim_buf_get_lines(0, 0, -1, false)
end

vim.cmd.edit(vim.env.FILE)
local client = vim.lsp.get_client_by_id(vim.lsp.start({
  name = "claude-sidecar",
  cmd = { vim.env.PYTHON, "-m", "claude_sidecar", "serve" },
  root_dir = vim.fn.getcwd(),
}))
assert(vim.wait(20000, function() return client.initialized end), "not initialized")

vim.cmd.normal({ 'Iface = "😀é"; ', bang = true })
vim.o.undolevels = vim.o.undolevels -- ends the step that `u` undoes, as going on by hand does
seen.typed = lines()
for _, step in ipairs(vim.json.decode(vim.env.STEPS)) do
  local params = { command = "claudeSidecar." .. step[1], arguments = step[2] and { step[2] } }
  local answer = client:request_sync("workspace/executeCommand", params, 40000)
  table.insert(seen.results, answer and (answer.err or answer.result) or vim.NIL)
end
seen.edited = lines()
vim.cmd.normal({ "u", bang = true })
seen.undone = lines()
seen.on_disk = vim.fn.readfile(vim.env.FILE)

client:stop()
vim.wait(20000, function() return client:is_stopped() end)
vim.fn.writefile({ vim.json.encode(seen) }, vim.env.OUT)
vim.cmd("qall!")
