-- Fields of a profile beside `p`, in the order of their arguments; each is there only if it says something.
local profile_fields = { 'u', 'x', 'd', 'i', 'w' }
